using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>The client's address behind a proxy. Only the configured proxies are trusted.</summary>
public static class Proxies
{
    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<TurnstoneSettings>().Proxies.Trusted;
        if (trusted.Count == 0)
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
        foreach (var text in trusted)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(text));
            }
        }

        app.UseForwardedHeaders(options);
    }
}
