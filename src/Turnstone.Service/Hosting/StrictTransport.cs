using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Tells browsers to use https only (RFC 6797), if clients reach this service under an https URL. Subdomains are not
/// included: they may be somebody else's.
/// </summary>
internal static class StrictTransport
{
    public static void UseStrictTransport(this IApplicationBuilder app)
    {
        var settings = app.ApplicationServices.GetRequiredService<TurnstoneSettings>();
        var issuer = new Uri(settings.Issuer);

        // Every program on a developer's machine shares the name localhost.
        if (issuer.Scheme != Uri.UriSchemeHttps || issuer.IsLoopback || settings.StrictTransportSecurityDays == 0)
        {
            return;
        }

        var policy = $"max-age={(long)TimeSpan.FromDays(settings.StrictTransportSecurityDays).TotalSeconds}";
        Func<object, Task> add = response =>
        {
            ((HttpResponse)response).Headers.StrictTransportSecurity = policy;
            return Task.CompletedTask;
        };
        app.Use(
            (context, next) =>
            {
                // At the start of the answer, because an error clears what was set before.
                context.Response.OnStarting(add, context.Response);
                return next(context);
            }
        );
    }
}
