using Turnstone.Audit;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// What an attempt leaves behind, once and in one place: its audit entry, its usage count, its meter and span, and for
/// a refused one the tick of its network's limit.
/// </summary>
public sealed class AttemptRecord(
    IAuditLog audit,
    RequestLimits limits,
    IUsageCounters usage,
    GrantMeter meter,
    TimeProvider time
)
{
    /// <summary>
    /// Null to go on; otherwise the attempt ends here, and is counted. Nothing is written of a network that is refused:
    /// the audit must not grow under attack.
    /// </summary>
    public Refusal? CheckNetwork(AttemptFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var tooMany = limits.CheckNetwork(facts.Kind, NetworkPrefix.Of(facts.Caller.Network));
        if (tooMany is not null)
        {
            Limited(facts, tooMany);
        }

        return tooMany;
    }

    /// <summary>A proven credential has met its own limit: that is counted and not written.</summary>
    public void Limited(AttemptFacts facts, Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(refusal);
        usage.Count(facts.Holder, UsageOutcome.Limited);
        meter.Refused(facts.Kind, facts.Contract, refusal.Code);
    }

    /// <summary>
    /// Records a refused attempt; answers its refusal, or where the credential was wrong that of a network which has
    /// failed too often. A refusal for abuse changes nothing about the credential: its owner is not locked out.
    /// </summary>
    public async Task<Refusal> RefusedAsync(
        AttemptFacts facts,
        Refusal refusal,
        CancellationToken cancellationToken,
        bool audited = true
    )
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(refusal);
        if (RefusalRecord.Of(refusal.Code) is not { } record)
        {
            meter.Refused(facts.Kind, facts.Contract, refusal.Code);
            return refusal;
        }

        // Counted before anything is written: whatever goes wrong with the entry, the guess has cost something.
        usage.Count(facts.Holder, record.Usage);
        var tooMany = Tick(facts.Kind, NetworkPrefix.Of(facts.Caller.Network));
        var answer = record.Event is AuditEvent.LoginFailed ? tooMany ?? refusal : refusal;
        meter.Refused(facts.Kind, facts.Contract, answer.Code);
        if (audited && tooMany is null)
        {
            await audit.AppendRefusalAsync(
                AttemptEntries.Refused(record.Event, facts, refusal.Code, time.GetUtcNow()),
                cancellationToken
            );
        }

        return answer;
    }

    public void Opened(string kind, string contract, Session session)
    {
        usage.Count(UsageHolder.Of(session), UsageOutcome.Login);
        meter.Granted(kind, contract);
    }

    public void Repeated(string kind, string contract, Session session)
    {
        usage.Count(UsageHolder.Of(session), UsageOutcome.Replay);
        meter.Repeated(kind, contract);
    }

    public void Rotated(RotationDecision decision, string contract)
    {
        ArgumentNullException.ThrowIfNull(decision);
        usage.Count(
            decision.Session is { } session ? UsageHolder.Of(session) : UsageHolder.Nobody,
            decision.Kind switch
            {
                RotationKind.Advance when decision.Distance < 0 => UsageOutcome.Forgotten,
                RotationKind.Advance => UsageOutcome.Refresh,
                RotationKind.Replay => UsageOutcome.Replay,
                RotationKind.Current => UsageOutcome.Current,
                RotationKind.TooEarly => UsageOutcome.TooEarly,
                RotationKind.Reuse => UsageOutcome.Reuse,
                RotationKind.Revoked => UsageOutcome.Revoked,
                RotationKind.Expired => UsageOutcome.Expired,
                _ => UsageOutcome.Invalid,
            }
        );
        meter.Refreshed(decision, contract);
    }

    /// <summary>The store could not answer, so there is nothing to record but that.</summary>
    public void Unavailable(string kind, string contract) => meter.Refused(kind, contract, RefusalCode.Unavailable);

    private Refusal? Tick(string kind, string network)
    {
        var tooMany = limits.CheckNetwork(kind, network);
        if (tooMany is null)
        {
            limits.Failed(kind, network);
        }

        return tooMany;
    }

    /// <summary>How a refusal is recorded beside the meter.</summary>
    private readonly record struct RefusalRecord(AuditEvent Event, UsageOutcome Usage)
    {
        /// <summary>
        /// Null where nobody has guessed at anything: the credential was right and may not do this, or was not looked
        /// at.
        /// </summary>
        public static RefusalRecord? Of(RefusalCode code) =>
            code switch
            {
                RefusalCode.TooManyAttempts => new(AuditEvent.AbuseRefused, UsageOutcome.Limited),
                RefusalCode.UseRefreshInstead => new(AuditEvent.AbuseRefused, UsageOutcome.Steered),
                RefusalCode.UnauthorizedClient or RefusalCode.InvalidScope or RefusalCode.InvalidTarget => null,
                RefusalCode.InvalidAuthorizationDetails or RefusalCode.Unavailable => null,
                RefusalCode.AuthorizationPending or RefusalCode.SlowDown => null,
                RefusalCode.AccessDenied or RefusalCode.ExpiredToken => null,
                RefusalCode.InvalidDpopProof or RefusalCode.UseDpopNonce => null,
                _ => new(AuditEvent.LoginFailed, UsageOutcome.Invalid),
            };
    }
}
