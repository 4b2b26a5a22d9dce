using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Turnstone.Directory;
using Turnstone.Server.Portal.Administration.Accounts;
using Turnstone.Server.Portal.Administration.Service;

namespace Turnstone.Server.Portal.Administration;

/// <summary>Where the administrators' pages are, and what they need.</summary>
public static class AdministrationRoutes
{
    public const string Root = $"{PortalRoutes.Root}/admin";

    public static string Account(Guid id) => $"{Root}/accounts/{id}";

    /// <summary>
    /// A client's id may hold anything that is printable; the route takes the rest of the path as it is.
    /// </summary>
    public static string Client(string id) =>
        $"{Root}/clients/{Uri.EscapeDataString(id).Replace("%2F", "/", StringComparison.Ordinal)}";

    public static IServiceCollection AddAdministrationPages(this IServiceCollection services) =>
        services
            .AddScoped<Names>()
            .AddScoped<AccountHoldings>()
            .AddSingleton<LoadRecorder>()
            .AddHostedService(provider => provider.GetRequiredService<LoadRecorder>());

    /// <summary>
    /// Whoever is not signed in is led to the sign-in, except from here: that a page exists is an administrator's to
    /// know.
    /// </summary>
    internal static Task AnswerNobody(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.Request.Path.StartsWithSegments(Root))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            // Path and query alone: the host in front of them is what the request has said of itself.
            context.Response.Redirect(
                context.RedirectUri[$"{context.Request.Scheme}://{context.Request.Host}".Length..]
            );
        }

        return Task.CompletedTask;
    }
}
