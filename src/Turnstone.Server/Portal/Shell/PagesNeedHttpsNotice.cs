using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Says at the start of a server in Production that no page can be reached, if that is so.</summary>
internal sealed class PagesNeedHttpsNotice(
    IServer server,
    ServerSettings settings,
    TrustedProxies proxies,
    ILogger<PagesNeedHttpsNotice> log
) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (
            settings.Production
            && !proxies.Any
            && !addresses.Any(address => address.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase))
        )
        {
            log.NoProxyNamed(string.Join(", ", addresses));
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
