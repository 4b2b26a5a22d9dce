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
    /// <param name="places">The contracts with an authorization endpoint.</param>
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
