namespace Turnstone.Directory;

/// <summary>An API key as it is stored: the hash alone, and its first characters to know it by.</summary>
public sealed record ApiKey
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>The first characters of a key of ours; empty for an imported one, whose every character may be needed.</summary>
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

    /// <summary>The freeze that its owner was warned of; a renewal moves the freeze, and the warning comes anew.</summary>
    public DateTimeOffset? WarnedFor { get; init; }

    public bool Works(DateTimeOffset now) => RevokedAt is null && now < FreezesAt && !(OverlapEndsAt <= now);
}
