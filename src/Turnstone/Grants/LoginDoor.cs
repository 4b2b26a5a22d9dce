using Turnstone.Abuse;
using Turnstone.Audit;

namespace Turnstone.Grants;

/// <summary>What every failed or steered login leaves behind, whatever the credential: the audit entry, the count, the limit's tick.</summary>
public sealed class LoginDoor(IAuditLog audit, RequestLimits limits, IUsageCounters usage, GrantMeter meter, TimeProvider time)
{
    /// <summary>Asked before any work is done for a login: null to go on.</summary>
    public Refusal? Check(Caller caller) => limits.CheckNetwork(NetworkPrefix.Of(caller.Network));

    /// <summary>Notes a login that failed and hands its refusal on.</summary>
    public async Task<Refusal> FailedAsync(string kind, Refusal refusal, string contract, Caller caller, CancellationToken cancellationToken, Guid? accountId = null, string? clientId = null)
    {
        await WriteAsync(AuditEvent.LoginFailed, kind, refusal, contract, caller, cancellationToken, accountId, clientId, null);
        usage.Count(UsageHolder.Of(clientId, null, accountId), UsageOutcome.Invalid);
        limits.Failed(NetworkPrefix.Of(caller.Network));
        return refusal;
    }

    /// <summary>Notes a login that was refused for abuse. The owner is not locked: nothing about the credential changes.</summary>
    public async Task<Refusal> AbusedAsync(string kind, Refusal refusal, string contract, Caller caller, CancellationToken cancellationToken, Guid? accountId = null, Guid? apiKeyId = null)
    {
        await WriteAsync(AuditEvent.AbuseRefused, kind, refusal, contract, caller, cancellationToken, accountId, null, apiKeyId);
        usage.Count(UsageHolder.Of(null, apiKeyId, accountId), refusal.Code is RefusalCode.UseRefreshInstead ? UsageOutcome.Steered : UsageOutcome.Limited);
        return refusal;
    }

    private async Task WriteAsync(AuditEvent what, string kind, Refusal refusal, string contract, Caller caller, CancellationToken cancellationToken, Guid? accountId, string? clientId, Guid? apiKeyId)
    {
        meter.Refused(kind, refusal.Code);
        await audit.AppendAsync(
            new AuditEntry
            {
                Event = what,
                At = time.GetUtcNow(),
                Caller = caller,
                Refused = refusal.Code,
                AccountId = accountId,
                ClientId = clientId,
                ApiKeyId = apiKeyId,
                Contract = contract,
                Detail = kind,
            },
            cancellationToken);
    }
}
