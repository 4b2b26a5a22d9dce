namespace Turnstone.Server.Settings;

/// <summary>How many clients may be connected.</summary>
public sealed record ConnectionSettings : ISettings
{
    [Setting(
        "Connections that this node keeps open. When there are more, the oldest idle one is closed, of the address "
            + "that has the most. Fewer if the limit of open files does not allow for them.",
        Min = 16,
        Max = 1_000_000
    )]
    public int Total { get; init; } = 2048;

    [Setting(
        "Connections from one IPv4 address or one IPv6 /64, unless it is a trusted proxy. "
            + "When there are more, its own oldest idle one is closed.",
        Min = 1,
        Max = 1_000_000
    )]
    public int PerAddress { get; init; } = 512;

    [Setting(
        "How long a new connection may wait with its first request, in seconds; "
            + "one of a trusted proxy may wait longer.",
        Min = 1,
        Max = 600
    )]
    public int FirstRequestSeconds { get; init; } = 15;
}
