using Microsoft.AspNetCore.HttpOverrides;

namespace Turnstone.Server.Hosting;

/// <summary>The client's address behind a proxy. Only the configured proxies are trusted.</summary>
public static class Proxies
{
    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<TrustedProxies>();
        if (!trusted.Any)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        trusted.Addresses.ForEach(options.KnownProxies.Add);
        trusted.Networks.ForEach(options.KnownIPNetworks.Add);
        app.UseForwardedHeaders(options);
    }
}
