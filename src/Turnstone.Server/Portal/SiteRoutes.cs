using System.Globalization;
using Turnstone.Server.Portal.Profile.Security;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal;

/// <summary>What browsers and crawlers look for at the root of every site.</summary>
internal static class SiteRoutes
{
    // RFC 9116 §2.5.5 recommends less than a year.
    private static readonly TimeSpan ContactValid = TimeSpan.FromDays(180);

    // Everything here is for people who sign in and for programs.
    private const string Robots = "User-agent: *\nDisallow: /\n";

    public static void MapSite(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAnswer("/robots.txt", _ => Results.Text(Robots));
        endpoints.MapAnswer("/favicon.ico", Icon);
        endpoints.MapAnswer("/.well-known/change-password", _ => Results.Redirect(SecurityPaths.Password));
        endpoints.MapAnswer("/.well-known/security.txt", Contact);
    }

    private static IResult Icon(HttpContext context)
    {
        var assets = context.RequestServices.GetRequiredService<Assets>();
        var answer = assets.Answer(assets.Public.Mark, context);

        // This name has no hash.
        context.Response.Headers.CacheControl = "public, max-age=86400";
        return answer;
    }

    private static IResult Contact(HttpContext context)
    {
        var settings = context.RequestServices.GetRequiredService<TurnstoneSettings>();
        if (settings.SecurityContact.Length == 0)
        {
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }

        var expires = (context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() + ContactValid).ToString(
            "yyyy-MM-dd'T'00:00:00'Z'",
            CultureInfo.InvariantCulture
        );
        return Results.Text(
            $"Contact: {settings.SecurityContact}\nExpires: {expires}\n"
                + $"Canonical: {settings.Issuer}/.well-known/security.txt\nPreferred-Languages: en, de\n"
        );
    }
}
