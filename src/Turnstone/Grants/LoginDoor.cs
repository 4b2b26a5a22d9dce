using Turnstone.Abuse;
using Turnstone.Audit;

namespace Turnstone.Grants;

/// <summary>A login that is under way: by which way in, at which contract, from where, and whose it is as far as that is known.</summary>
public sealed record LoginFacts(string Kind, string Contract, Caller Caller)
{
    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }
}

/// <summary>What every failed or steered login leaves behind, whatever the credential: the audit entry, the count, the limit's tick.</summary>
public sealed class LoginDoor(IAuditLog audit, RequestLimits limits, IUsageCounters usage, GrantMeter meter, TimeProvider time)
{
    /// <summary>Asked before any work is done for a login: null to go on.</summary>
    public Refusal? Check(Caller caller) => limits.CheckNetwork(NetworkPrefix.Of(caller.Network));

    /// <summary>Notes a login that failed and hands its refusal on.</summary>
    public async Task<Refusal> FailedAsync(LoginFacts facts, Refusal refusal, CancellationToken cancellationToken)
    {
        await WriteAsync(AuditEvent.LoginFailed, facts, refusal, cancellationToken);
        usage.Count(HolderOf(facts), UsageOutcome.Invalid);
        limits.Failed(NetworkPrefix.Of(facts.Caller.Network));
        return refusal;
    }

    /// <summary>Notes a login that was refused for abuse. The owner is not locked: nothing about the credential changes.</summary>
    public async Task<Refusal> AbusedAsync(LoginFacts facts, Refusal refusal, CancellationToken cancellationToken)
    {
        await WriteAsync(AuditEvent.AbuseRefused, facts, refusal, cancellationToken);
        usage.Count(HolderOf(facts), refusal.Code is RefusalCode.UseRefreshInstead ? UsageOutcome.Steered : UsageOutcome.Limited);
        return refusal;
    }

    private static UsageHolder HolderOf(LoginFacts facts) => UsageHolder.Of(facts.ClientId, facts.ApiKeyId, facts.AccountId);

    private async Task WriteAsync(AuditEvent what, LoginFacts facts, Refusal refusal, CancellationToken cancellationToken)
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
