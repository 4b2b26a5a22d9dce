using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal;

/// <summary>Where the portal is: everything of it lies under <c>/portal</c>, and the front door leads there.</summary>
public static class PortalRoutes
{
    public const string Root = "/portal";

    /// <summary>What stands before every page. It comes before the routing, because an error is answered by a page of its own.</summary>
    public static WebApplication UsePortal(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Root), portal => portal.UseRequestLocalization());
        app.UseMiddleware<PortalDoor>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    public static void MapPortal(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapGet("/", () => Results.Redirect(Root)).ExcludeFromDescription();
        app.MapGet($"{Root}/assets/{{name}}", (string name, Assets assets, HttpContext context) => assets.Answer(name, context)).ExcludeFromDescription();
    }
}
