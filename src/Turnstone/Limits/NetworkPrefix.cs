using System.Net;
using System.Net.Sockets;

namespace Turnstone.Limits;

/// <summary>
/// What counts as one network: an IPv4 address, or the /64 that one IPv6 subscriber has to himself (RFC 4291 §2.5.4),
/// in whose 2^64 addresses he would otherwise never meet a limit.
/// </summary>
public static class NetworkPrefix
{
    private const int SubscriberBits = 64;
    private const int SiteBits = 48;
    private const int ProviderBits = 32;
    private const int Ipv4SiteBits = 24;

    public static string Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        return Cut(address, SubscriberBits);
    }

    /// <summary>The same for an address as text; a text that is no address is one network of its own.</summary>
    public static string Of(string network) => IPAddress.TryParse(network, out var address) ? Of(address) : network;

    /// <summary>
    /// The networks that an address is in, the largest first: an IPv4 address alone; of IPv6 what a provider, a site
    /// (RFC 6177 §2) and a subscriber have, because one site has 65,536 prefixes of /64.
    /// </summary>
    public static IReadOnlyList<string> Nested(string network) =>
        IPAddress.TryParse(network, out var address)
        && address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? [Cut(address, ProviderBits), Cut(address, SiteBits), Cut(address, SubscriberBits)]
            : [Of(network)];

    /// <summary>
    /// A network that stays when an address changes as it does at home: a /24 of IPv4, a /48 of IPv6.
    /// </summary>
    public static string Site(string network) =>
        !IPAddress.TryParse(network, out var address) ? network
        : address.IsIPv4MappedToIPv6 ? Cut(address.MapToIPv4(), Ipv4SiteBits)
        : Cut(address, address.AddressFamily is AddressFamily.InterNetworkV6 ? SiteBits : Ipv4SiteBits);

    private static string Cut(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
