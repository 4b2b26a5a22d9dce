using System.Net;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>The configured proxies, as addresses and networks.</summary>
public sealed class TrustedProxies
{
    public TrustedProxies(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var text in settings.Proxies.Trusted)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                Addresses.Add(address);
            }
            else
            {
                Networks.Add(IPNetwork.Parse(text));
            }
        }
    }

    public List<IPAddress> Addresses { get; } = [];

    public List<IPNetwork> Networks { get; } = [];

    public bool Any => Addresses.Count + Networks.Count > 0;

    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Addresses.Contains(plain) || Networks.Exists(network => network.Contains(plain));
    }
}
