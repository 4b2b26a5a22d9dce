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
        app.UseWhenAsked(
            IsPage,
            portal =>
            {
                app.Services.GetRequiredService<PortalPages>().Map();
                portal.UseRequestLocalization().UseMiddleware<PortalMiddleware>();
            }
        );
        app.UseRouting();

        // Programs prove themselves to their contract and have no cookie. The two properties keep the framework from
        // adding this for every request.
        var set = ((IApplicationBuilder)app).Properties;
        set["__AuthenticationMiddlewareSet"] = set["__AuthorizationMiddlewareSet"] = true;
        app.UseWhenAsked(IsPage, pages => pages.UseAuthentication().UseAuthorization().UseAntiforgery());
        return app;

        bool IsPage(HttpContext context) => PortalMiddleware.IsPage(context.Request.Path, authorize);
    }

    public static void MapPortal(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ((IEndpointRouteBuilder)app).DataSources.Add(app.Services.GetRequiredService<PortalPages>());
        app.MapSite();
        app.MapAnswer("/", _ => Results.Redirect(Root));
        app.MapAnswer(
            $"{Guides.OwnGuides.ImageRoot}/{{name}}",
            context => context.RequestServices.GetRequiredService<Guides.OwnGuides>().Image(NameOf(context))
        );
        app.MapAnswer(
            $"{Assets.Root}/{{name}}",
            context => context.RequestServices.GetRequiredService<Assets>().Answer(NameOf(context), context)
        );
    }

    /// <summary>
    /// Maps a GET that is in no document. A handler with parameters would be compiled at the start, and the compiler
    /// stay in memory.
    /// </summary>
    internal static void MapAnswer(this IEndpointRouteBuilder app, string path, Func<HttpContext, IResult> answer) =>
        app.MapGet(path, context => answer(context).ExecuteAsync(context)).ExcludeFromDescription();

    /// <summary>What stands in the path for <c>{name}</c>.</summary>
    internal static string NameOf(HttpContext context) => $"{context.Request.RouteValues["name"]}";
}
