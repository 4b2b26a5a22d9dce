using Turnstone.Sessions;

namespace Turnstone.Storage.Journal;

/// <summary>What the journal has a record of.</summary>
internal abstract record JournalEntry
{
    /// <summary>No copy of the store can bring back after this what the entry has ended.</summary>
    public abstract DateTimeOffset MattersUntil { get; }
}

/// <summary>A session, or one of a client's own tokens, that has ended by itself.</summary>
internal sealed record EndedEntry(RevokedSession Ended) : JournalEntry
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>Until when one of its tokens may be good by its own times.</summary>
    public DateTimeOffset TokensDeadAt
    {
        get
        {
            var refresh = Ended.RefreshDeadAt ?? Ended.RevokedAt + SessionLimits.LongestReopening;
            return refresh > Ended.AccessDeadAt ? refresh : Ended.AccessDeadAt;
        }
    }

    public override DateTimeOffset MattersUntil => TokensDeadAt + Margin;
}

/// <summary>All that one holder had.</summary>
internal sealed record MarkEntry(HolderMark Mark) : JournalEntry
{
    /// <summary>Longer than a session lives that is not ended; marks are few.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    public override DateTimeOffset MattersUntil => Mark.At + Kept;
}

/// <summary>Everything that ended up to a change and up to a mark is in the journal.</summary>
internal sealed record PointEntry(DateTimeOffset At, ChangePoint Change, long Mark) : JournalEntry
{
    public override DateTimeOffset MattersUntil => DateTimeOffset.MaxValue;

    /// <summary>Nothing can have ended between the two.</summary>
    public bool IsAsFarAs(PointEntry? other) =>
        (Change.Next, Mark) == (other?.Change.Next, other?.Mark)
        && Change.UnderWay.Count == 0
        && other!.Change.UnderWay.Count == 0;
}
