using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal;

/// <summary>
/// Where the portal is: all of it lies under <c>/portal</c> but the pages where other programs send their users to, and
/// the root of the site leads there.
/// </summary>
public static class PortalRoutes
{
    public const string Root = "/portal";

    /// <summary>
    /// What stands before every page. It comes before the routing, because an error is answered by a page of its own.
    /// </summary>
    public static WebApplication UsePortal(this WebApplication app)
    {
        app.UseWhen(
            PortalMiddleware.IsPage,
            portal => portal.UseRequestLocalization().UseMiddleware<PortalMiddleware>()
        );
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    /// <param name="app">The application.</param>
    /// <param name="places">The contracts whose codes are asked for here.</param>
    public static void MapPortal(this WebApplication app, params AuthorizePlace[] places)
    {
        app.MapRazorPages().WithAuthorize(places);
        app.MapGet("/", () => Results.Redirect(Root)).ExcludeFromDescription();
        app.MapGet(
                $"{Root}/assets/{{name}}",
                (string name, Assets assets, HttpContext context) => assets.Answer(name, context)
            )
            .ExcludeFromDescription();
    }
}
