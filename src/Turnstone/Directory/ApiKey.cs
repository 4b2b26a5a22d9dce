using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>Where a key stands, as its owner sees it.</summary>
public enum ApiKeyState
{
    /// <summary>It works, and its freeze is far.</summary>
    Active,

    /// <summary>It works, and it is time to renew it.</summary>
    Freezing,

    /// <summary>Its time is over; a renewal brings it back.</summary>
    Frozen,

    /// <summary>A successor has taken over, and it works for the rest of the overlap.</summary>
    Leaving,

    /// <summary>A successor has taken over, and the overlap is over.</summary>
    Replaced,

    Revoked,
}

/// <summary>An API key as it is stored: the hash alone, and its first characters to know it by.</summary>
public sealed record ApiKey
{
    /// <summary>How long before the freeze its owner is warned.</summary>
    public static readonly TimeSpan Warning = TimeSpan.FromDays(14);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>
    /// The first characters of a key of ours; empty for an imported one, whose every character may be needed.
    /// </summary>
    public required string Hint { get; init; }

    public Scopes Scopes { get; init; } = Scopes.None;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is frozen, until it is renewed.</summary>
    public required DateTimeOffset FreezesAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The key that takes this one's place; this one then works until <see cref="OverlapEndsAt"/>.</summary>
    public Guid? SuccessorId { get; init; }

    public DateTimeOffset? OverlapEndsAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public string? LastUsedFrom { get; init; }

    /// <summary>
    /// The freeze that its owner was warned of; a renewal moves the freeze, and the warning comes anew.
    /// </summary>
    public DateTimeOffset? WarnedFor { get; init; }

    /// <summary>Counts the saves. Zero for a key that was not saved yet.</summary>
    public long Revision { get; init; }

    /// <summary>When it stops working by itself: at the freeze, or at the end of an overlap that comes first.</summary>
    public DateTimeOffset WorksUntil => OverlapEndsAt < FreezesAt ? OverlapEndsAt.Value : FreezesAt;

    public bool Works(DateTimeOffset now) => RevokedAt is null && now < WorksUntil;

    public ApiKeyState StateAt(DateTimeOffset now) =>
        RevokedAt is not null ? ApiKeyState.Revoked
        : SuccessorId is not null ? (Works(now) ? ApiKeyState.Leaving : ApiKeyState.Replaced)
        : !Works(now) ? ApiKeyState.Frozen
        : FreezesAt - now <= Warning ? ApiKeyState.Freezing
        : ApiKeyState.Active;
}
