using Turnstone.Model;

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

    /// <summary>The network; null if the reader must not see it.</summary>
    public string? Network { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>What became of the session that a login opened; null where it is none of the reader's.</summary>
    public SessionFate? Fate { get; init; }

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
        };
    }

    private static ActivityActor ActorOf(AuditEntry entry, Guid reader) =>
        (entry.Caller.ActorId is { } actor && actor != reader) || entry.Caller.Network == Caller.Operator.Network
            ? ActivityActor.Provider
        : entry.AccountId is null || (entry.AccountId == reader && entry.Event == AuditEvent.LoginFailed)
            ? ActivityActor.Unknown
        : entry.AccountId == reader ? ActivityActor.You
        : ActivityActor.User;
}
