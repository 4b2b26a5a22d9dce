using Turnstone.Model;

namespace Turnstone.Storage;

/// <summary>What came of a change that a store was asked to make.</summary>
public enum ReceiptKind
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>A precondition no longer holds; nothing was changed.</summary>
    Withdrawn,

    /// <summary>There are as many as there may be; nothing was changed.</summary>
    TooMany,

    /// <summary>Somebody else changed it, or made one like it, first; nothing was changed.</summary>
    Conflict,
}

/// <summary>A session that was ended, and until when its access tokens have to be refused by its id.</summary>
public sealed record RevokedSession(SessionId Id, DateTimeOffset RevokedAt, DateTimeOffset AccessDeadAt)
{
    /// <summary>The client, where it is one of the tokens that a client got for itself.</summary>
    public string? OwnTokenOf { get; init; }

    /// <summary>Until when its refresh token may be good; null where that is not known.</summary>
    public DateTimeOffset? RefreshDeadAt { get; init; }

    /// <summary>The number of the last mark when it was opened, or later: see <see cref="HolderMark"/>.</summary>
    public long OpenedAfter { get; init; }
}

/// <summary>
/// The answer to every change. Two outcomes are no receipts but a <see cref="StoreUnavailableException"/>: that nothing
/// was changed because the store cannot serve, and that it is not known whether something was.
/// </summary>
public sealed record Receipt(ReceiptKind Kind)
{
    public static Receipt Committed { get; } = new(ReceiptKind.Committed);

    public static Receipt Withdrawn { get; } = new(ReceiptKind.Withdrawn);

    public static Receipt Conflict { get; } = new(ReceiptKind.Conflict);

    public bool IsCommitted => Kind is ReceiptKind.Committed;

    /// <summary>The sessions that ended one by one; those of a holder's mark are only counted.</summary>
    public IReadOnlyList<RevokedSession> Ended { get; init; } = [];

    /// <summary>How many live sessions the change ended; those of everyone are not counted.</summary>
    public SessionCount EndedCount { get; init; }

    /// <summary>The number of the last mark when the change was committed: see <see cref="HolderMark"/>.</summary>
    public long LastMark { get; init; }

    /// <summary>When the oldest of too many was made.</summary>
    public DateTimeOffset? Oldest { get; init; }

    public static Receipt TooMany(DateTimeOffset oldest) => new(ReceiptKind.TooMany) { Oldest = oldest };
}
