using Turnstone.Model;

namespace Turnstone.Server.Portal.Activity;

/// <summary>Who did what an entry says.</summary>
public enum ActivityActor
{
    You,

    /// <summary>An administrator, for a reason, or an operator's command.</summary>
    Provider,

    /// <summary>A user of an application of the reader's: only that is told of him.</summary>
    User,

    /// <summary>Nobody who was known: a login that failed, a program that acts for itself.</summary>
    Unknown,
}

/// <summary>An entry as the customer whom it concerns may read it.</summary>
public sealed record ActivityRow
{
    public required AuditEntry Entry { get; init; }

    public required ActivityActor Actor { get; init; }

    /// <summary>Where it came from; null where that is not the reader's to know.</summary>
    public string? Network { get; init; }

    public string? UserAgent { get; init; }

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
        : entry.AccountId is null || (entry.AccountId == reader && entry.Event is AuditEvent.LoginFailed)
            ? ActivityActor.Unknown
        : entry.AccountId == reader ? ActivityActor.You
        : ActivityActor.User;
}
