using System.Net;
using System.Net.Sockets;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// Whether an address is one of the public internet (the registries of IANA for special-purpose addresses, RFC 6890).
/// An address that carries another one inside is none: a gateway would lead to that.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            // Teredo and the other protocol assignments, documentation, 6to4.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    public static bool Is(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily is AddressFamily.InterNetwork || Global.Contains(plain))
            && !Array.Exists(Special, network => network.Contains(plain))
            && !IsIsatap(plain);
    }

    // RFC 5214 §6.1: the last 32 bits are an IPv4 address.
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var count)
            && count == bytes.Length
            && bytes[8..12] is [0 or 2, 0, 0x5e, 0xfe];
    }
}
