using Turnstone.Model;
using Turnstone.Server.Own;

namespace Turnstone.Server.Portal.Activity;

/// <summary>Who acted.</summary>
public enum ActivityActor
{
    You,

    /// <summary>An administrator with a reason, or an operator's command.</summary>
    Provider,

    /// <summary>A user of one of the reader's applications. Nothing else is shown about him.</summary>
    User,

    /// <summary>Nobody known: a failed login, or a client that acts for itself.</summary>
    Unknown,
}

/// <summary>An audit entry as the customer concerned may see it.</summary>
public sealed record ActivityRow
{
    public required AuditEntry Entry { get; init; }

    public required ActivityActor Actor { get; init; }

    /// <summary>The name of the application or key that it is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The network; null if the reader must not see it.</summary>
    public string? Network { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>What became of the session that a login opened; null where it is none of the reader's.</summary>
    public SessionFate? Fate { get; init; }

    /// <summary>How many equal entries in a row it stands for; the newest is <see cref="Entry"/>.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When the oldest of them happened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>It was done and not refused, and is no good news all the same.</summary>
    public bool IsAlarm =>
        Entry
            is {
                Refused: null,
                Event.Known: AuditEvent.CopySuspected or AuditEvent.RefreshReuse or AuditEvent.CodeReused
            };

    /// <summary>Why it was refused; null where it was not, or where the event says it already.</summary>
    public string? Why => Entry.Event.Known is AuditEvent.RefreshReuse ? null : Entry.Refused?.ToString();

    public string Outcome => Entry.Refused?.ToString() ?? "done";

    public static ActivityRow Of(AuditEntry entry, Guid reader)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var actor = ActorOf(entry, reader);
        var open = actor is ActivityActor.You or ActivityActor.Unknown;
        return new()
        {
            Entry = entry,
            Actor = actor,
            Network = open ? entry.Caller.Network : null,
            UserAgent = open ? entry.Caller.UserAgent : null,
            Since = entry.At,
        };
    }

    /// <summary>One row in place of neighbours that say the same of another moment.</summary>
    public static IReadOnlyList<ActivityRow> Fold(IEnumerable<ActivityRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var folded = new List<ActivityRow>();
        foreach (var row in rows)
        {
            if (folded.Count > 0 && folded[^1].SaysTheSameAs(row))
            {
                folded[^1] = folded[^1] with { Times = folded[^1].Times + 1, Since = row.Since };
            }
            else
            {
                folded.Add(row);
            }
        }

        return folded;
    }

    private bool SaysTheSameAs(ActivityRow other) =>
        (Entry.Event, Entry.Detail, Entry.Contract, Entry.ClientId, Entry.ApiKeyId, Entry.Caller.Reason)
            == (
                other.Entry.Event,
                other.Entry.Detail,
                other.Entry.Contract,
                other.Entry.ClientId,
                other.Entry.ApiKeyId,
                other.Entry.Caller.Reason
            )
        && (Actor, Network, UserAgent, Outcome, Fate?.State)
            == (other.Actor, other.Network, other.UserAgent, other.Outcome, other.Fate?.State);

    private static ActivityActor ActorOf(AuditEntry entry, Guid reader) =>
        (entry.Caller.ActorId is { } actor && actor != reader) || entry.Caller.Network == Caller.Operator.Network
            ? ActivityActor.Provider
        : entry.AccountId is null || (entry.AccountId == reader && entry.Event == AuditEvent.LoginFailed)
            ? ActivityActor.Unknown
        : entry.AccountId == reader ? ActivityActor.You
        : ActivityActor.User;
}
