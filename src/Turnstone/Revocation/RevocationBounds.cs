namespace Turnstone.Revocation;

/// <summary>
/// How much of what was revoked is remembered one by one, and how old that may be. A client that revokes more of its
/// own tokens ends all of them by one mark instead.
/// </summary>
public sealed record RevocationBounds
{
    /// <summary>For each client, while there is memory.</summary>
    public int OwnTokensPerClient { get; init; } = 10_000;

    /// <summary>The memory for all of them, and for the sessions.</summary>
    public long Bytes { get; init; } = 64 << 20;

    /// <summary>
    /// How long after the store was last heard tokens are still said to be good; null for any time.
    /// </summary>
    public TimeSpan? LongestSilence { get; init; }

    /// <summary>For each client, when the memory is used up.</summary>
    public int OwnTokensWhenFull => Math.Min(OwnTokensPerClient, 100);
}
