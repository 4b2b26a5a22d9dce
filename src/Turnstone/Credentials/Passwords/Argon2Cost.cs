namespace Turnstone.Credentials.Passwords;

/// <summary>What one Argon2id hash costs.</summary>
/// <param name="MemoryKiB">Memory, in KiB.</param>
/// <param name="Passes">Passes over that memory.</param>
/// <param name="Lanes">Lanes, computed side by side.</param>
public sealed record Argon2Cost(uint MemoryKiB, uint Passes, uint Lanes)
{
    /// <summary>
    /// OWASP's smallest memory with two passes: tens of milliseconds on one core. RFC 9106's own choices take 64 MiB
    /// and more, four lanes wide; in a lane that is half the cores wide that would only slow our own service, since
    /// passwords here are also limited by attempts.
    /// </summary>
    public static Argon2Cost Recommended { get; } = new(19_456, 2, 1);

    /// <summary>A stored string may be imported or damaged: beyond this it would take the machine with it.</summary>
    internal bool InBounds =>
        Lanes is >= 1 and <= 16 && Passes is >= 1 and <= 32 && MemoryKiB >= 8 * Lanes && MemoryKiB <= 1 << 20;

    internal IReadOnlyList<(string Name, uint Value)> ToCosts() => [("m", MemoryKiB), ("t", Passes), ("p", Lanes)];

    internal static Argon2Cost? From(IReadOnlyList<(string Name, uint Value)> costs) =>
        costs is [("m", var memory), ("t", var passes), ("p", var lanes)] ? new(memory, passes, lanes) : null;
}
