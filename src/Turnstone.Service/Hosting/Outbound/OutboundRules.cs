using System.Net;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>Where requests of the server's own may go.</summary>
/// <param name="Anywhere">Also to addresses that are not public, and without TLS: for Development.</param>
public sealed record OutboundRules(bool Anywhere)
{
    /// <summary>Asks for the addresses of a name; it may block.</summary>
    public Func<string, IPAddress[]> Resolve { get; init; } = Dns.GetHostAddresses;

    /// <summary>How long one takes at most.</summary>
    public TimeSpan Longest { get; init; } = OutboundHttp.Longest;

    public static OutboundRules Of(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(!settings.Production);
    }
}
