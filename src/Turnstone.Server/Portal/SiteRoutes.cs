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
        var site = endpoints.MapGroup("").ExcludeFromDescription();
        site.MapGet("/robots.txt", () => Results.Text(Robots));
        site.MapGet("/favicon.ico", Icon);
        site.MapGet("/.well-known/change-password", () => Results.Redirect(SecurityPaths.Password));
        site.MapGet("/.well-known/security.txt", Contact);
    }

    private static IResult Icon(Assets assets, HttpContext context)
    {
        var answer = assets.Answer(assets.Public.Mark, context);

        // This name has no hash.
        context.Response.Headers.CacheControl = "public, max-age=86400";
        return answer;
    }

    private static IResult Contact(TurnstoneSettings settings, TimeProvider time)
    {
        if (settings.SecurityContact.Length == 0)
        {
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }

        var expires = (time.GetUtcNow() + ContactValid).ToString(
            "yyyy-MM-dd'T'00:00:00'Z'",
            CultureInfo.InvariantCulture
        );
        return Results.Text(
            $"Contact: {settings.SecurityContact}\nExpires: {expires}\n"
                + $"Canonical: {settings.Issuer}/.well-known/security.txt\nPreferred-Languages: en, de\n"
        );
    }
}
