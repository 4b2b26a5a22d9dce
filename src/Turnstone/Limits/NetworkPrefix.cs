using System.Net;
using System.Net.Sockets;

namespace Turnstone.Limits;

/// <summary>
/// What counts as one network: an IPv4 address, or the /64 that one IPv6 subscriber has to himself (RFC 4291 §2.5.4),
/// in whose 2^64 addresses he would otherwise never meet a limit.
/// </summary>
public static class NetworkPrefix
{
    private const int Ipv6PrefixSize = 8;

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

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[Ipv6PrefixSize..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>The same for an address as text; a text that is no address is one network of its own.</summary>
    public static string Of(string network) => IPAddress.TryParse(network, out var address) ? Of(address) : network;
}
