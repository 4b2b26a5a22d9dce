using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>The audit entries of attempts. Nobody else makes any for a request for tokens.</summary>
internal static class AttemptEntries
{
    /// <summary>The entry that is committed with a session.</summary>
    public static AuditEntry Opened(string kind, Session session) =>
        new()
        {
            Event = AuditEvent.Login,
            At = session.CreatedAt,
            Caller = session.OpenedBy,
            AccountId = session.AccountId,
            ClientId = session.ClientId,
            ApiKeyId = session.ApiKeyId,
            SessionId = session.Id,
            Contract = session.OpenedThrough ?? session.Contract,
            Detail = kind,
        };

    /// <summary>The entry of a program's own token: for whom, where somebody else has said so.</summary>
    public static AuditEntry Issued(string kind, Session session, ClientCredentialsProof program) =>
        Opened(program.Known is { } known ? $"{kind} of {known}" : kind, session);

    /// <summary>The entry of a token that was exchanged: for whom, by whom, and whose token it was.</summary>
    public static AuditEntry Exchanged(string kind, Session session, ExchangeProof exchange)
    {
        var of = $"{kind} of {exchange.Subject.ClientId ?? exchange.Subject.Subject}";
        return Opened(kind, session) with { Detail = exchange.Actor is { } actor ? $"{of} by {actor}" : of };
    }

    /// <summary>The entry that is committed with a session which the store had forgotten.</summary>
    public static AuditEntry Reopened(Session session, DateTimeOffset at) =>
        Opened("opened again", session) with
        {
            Event = AuditEvent.StoreForgot,
            At = at,
        };

    /// <summary>
    /// The entry that is committed with a refresh that met a reused token, a suspected copy or a store that forgot.
    /// </summary>
    public static AuditEntry Alarm(RotationDecision decision, Caller caller, DateTimeOffset at) =>
        new()
        {
            Event = decision.Kind switch
            {
                RotationKind.Reuse => AuditEvent.RefreshReuse,
                RotationKind.Replay => AuditEvent.CopySuspected,
                _ => AuditEvent.StoreForgot,
            },
            At = at,
            Caller = caller,
            Refused = decision.Kind is RotationKind.Reuse ? RefusalCode.TokenReused : null,
            AccountId = decision.Session?.AccountId,
            ClientId = decision.Session?.ClientId,
            ApiKeyId = decision.Session?.ApiKeyId,
            SessionId = decision.Session?.Id,
            Contract = decision.Session?.Contract,
            Detail = decision.Suspect ? "two generations in a row, each twice" : $"distance {decision.Distance}",
        };

    /// <summary>The entry of an account for which an identity provider has vouched the first time.</summary>
    public static AuditEntry Linked(Guid account, string issuer, Caller caller, DateTimeOffset at) =>
        new()
        {
            Event = AuditEvent.AccountChanged,
            At = at,
            Caller = caller,
            AccountId = account,
            Detail = $"known to {issuer}",
        };

    public static AuditEntry Refused(AuditEvent what, AttemptFacts facts, RefusalCode code, DateTimeOffset at) =>
        new()
        {
            Event = what,
            At = at,
            Caller = facts.Caller,
            Refused = code,
            AccountId = facts.AccountId,
            ClientId = facts.ClientId,
            ApiKeyId = facts.ApiKeyId,
            Contract = facts.Contract,
            Detail = facts.Kind,
        };
}
