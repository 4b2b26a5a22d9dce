using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal;

/// <summary>
/// The portal's routes: everything is under <c>/portal</c>, except the authorization endpoints and the redirect from
/// <c>/</c>.
/// </summary>
public static class PortalRoutes
{
    public const string Root = "/portal";

    /// <summary>The portal's middleware. It comes before routing, because an error is answered by a page.</summary>
    public static WebApplication UsePortal(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var authorize = app.Services.GetRequiredService<AuthorizePaths>();
        app.UseWhen(
            context => PortalMiddleware.IsPage(context.Request.Path, authorize),
            portal => portal.UseRequestLocalization().UseMiddleware<PortalMiddleware>()
        );
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    public static void MapPortal(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapSite();
        app.MapGet("/", () => Results.Redirect(Root)).ExcludeFromDescription();
        app.MapGet(
                $"{Guides.OwnGuides.ImageRoot}/{{name}}",
                (string name, Guides.OwnGuides guides) => guides.Image(name)
            )
            .ExcludeFromDescription();
        app.MapGet(
                $"{Root}/assets/{{name}}",
                (string name, Assets assets, HttpContext context) => assets.Answer(name, context)
            )
            .ExcludeFromDescription();
    }
}
