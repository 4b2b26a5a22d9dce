using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Turnstone.Server.Portal.Administration.Accounts;
using Turnstone.Server.Portal.Administration.Service;

namespace Turnstone.Server.Portal.Administration;

/// <summary>The administrators' pages.</summary>
public static class AdministrationRoutes
{
    public const string Root = $"{PortalRoutes.Root}/admin";

    public static string Account(Guid id) => $"{Root}/accounts/{id}";

    /// <summary>A client's id can contain any printable character; the route takes the rest of the path.</summary>
    public static string Client(string id) =>
        $"{Root}/clients/{Uri.EscapeDataString(id).Replace("%2F", "/", StringComparison.Ordinal)}";

    public static IServiceCollection AddAdministrationPages(this IServiceCollection services) =>
        services
            .AddScoped<Names>()
            .AddScoped<AccountHoldings>()
            .AddSingleton<LoadRecorder>()
            .AddHostedService(provider => provider.GetRequiredService<LoadRecorder>());

    /// <summary>The pages must not be revealed: without a sign-in they answer 404 and do not redirect.</summary>
    internal static Task AnswerNotFoundAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.Request.Path.StartsWithSegments(Root))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            // Path and query only: the host is what the request claims.
            context.Response.Redirect(
                context.RedirectUri[$"{context.Request.Scheme}://{context.Request.Host}".Length..]
            );
        }

        return Task.CompletedTask;
    }
}
