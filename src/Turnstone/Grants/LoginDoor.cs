using Turnstone.Audit;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// A login that is under way: by which way in, at which contract, from where, and whose it is as far as that is known.
/// </summary>
public sealed record LoginFacts(string Kind, string Contract, Caller Caller)
{
    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }
}

/// <summary>
/// What every failed or steered login leaves behind, whatever the credential: the audit entry, the count, the limit's
/// tick.
/// </summary>
public sealed class LoginDoor(
    IAuditLog audit,
    RequestLimits limits,
    IUsageCounters usage,
    GrantMeter meter,
    TimeProvider time
)
{
    /// <summary>
    /// Asked before a password is looked at: null to go on. Credentials of full entropy are proven first and the
    /// network is asked only when that fails, so that one guesser behind an address shuts out none of its good clients.
    /// </summary>
    public Refusal? Check(Caller caller) => limits.CheckNetwork(NetworkPrefix.Of(caller.Network));

    /// <summary>
    /// Notes a login that failed; answers its refusal, or that of a network that has failed too often, of which nothing
    /// more is written.
    /// </summary>
    public async Task<Refusal> FailedAsync(LoginFacts facts, Refusal refusal, CancellationToken cancellationToken)
    {
        usage.Count(HolderOf(facts), UsageOutcome.Invalid);
        if (TooOften(facts) is { } tooMany)
        {
            return tooMany;
        }

        await WriteAsync(AuditEvent.LoginFailed, facts, refusal, cancellationToken);
        return refusal;
    }

    /// <summary>
    /// Notes a login that was refused for abuse. The owner is not locked: nothing about the credential changes.
    /// </summary>
    public async Task<Refusal> AbusedAsync(LoginFacts facts, Refusal refusal, CancellationToken cancellationToken)
    {
        usage.Count(
            HolderOf(facts),
            refusal.Code is RefusalCode.UseRefreshInstead ? UsageOutcome.Steered : UsageOutcome.Limited
        );
        if (TooOften(facts) is null)
        {
            await WriteAsync(AuditEvent.AbuseRefused, facts, refusal, cancellationToken);
        }

        return refusal;
    }

    // Counted before anything is written, so that whatever goes wrong with the record the guess has cost something.
    private Refusal? TooOften(LoginFacts facts)
    {
        var network = NetworkPrefix.Of(facts.Caller.Network);
        var tooMany = limits.CheckNetwork(network);
        if (tooMany is null)
        {
            limits.Failed(network);
        }

        return tooMany;
    }

    private static UsageHolder HolderOf(LoginFacts facts) =>
        UsageHolder.Of(facts.ClientId, facts.ApiKeyId, facts.AccountId);

    private async Task WriteAsync(
        AuditEvent what,
        LoginFacts facts,
        Refusal refusal,
        CancellationToken cancellationToken
    )
    {
        meter.Refused(facts.Kind, refusal.Code);
        var entry = new AuditEntry
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = facts.Caller,
            Refused = refusal.Code,
            AccountId = facts.AccountId,
            ClientId = facts.ClientId,
            ApiKeyId = facts.ApiKeyId,
            Contract = facts.Contract,
            Detail = facts.Kind,
        };
        await audit.AppendAsync(entry, cancellationToken);
    }
}
