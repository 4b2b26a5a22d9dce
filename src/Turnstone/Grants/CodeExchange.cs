using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>What a one-time code admits to, and whether a second exchange is the first one again.</summary>
public sealed class CodeExchange(ISessionStore sessions, AccountScopes accountScopes, TimeProvider time)
{
    public Admission Admitted(OneTimeCode code, Attempt attempt)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(attempt);
        return new()
        {
            Grant = attempt.Grant.Kind,
            Subject = code.AccountId.ToString(),
            AccountId = code.AccountId,
            Client = attempt.Client,
            Code = code,
            EndsAt = code.SessionEndsAt,
            Scopes = attempt.Client is null && code.Scopes.IsEmpty ? accountScopes.Scopes : code.Scopes,
            Refreshable = attempt.Client?.MayUse(RefreshGrant.TypeName) ?? true,
            IdempotencyKey = attempt.Client is null ? null : attempt.Input.IdempotencyKey,
            Preconditions = new Preconditions
            {
                Account = (code.AccountId, code.AccountEpoch),
                Client = attempt.Client is { } client ? (client.Id, client.Epoch) : null,
                CodeHash = code.Hash,
            },
        };
    }

    /// <summary>The session that this very request has opened before, if its first tokens still stand.</summary>
    public async Task<RepeatProof?> RepeatedAsync(
        OneTimeCode code,
        Attempt attempt,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(attempt);
        var now = time.GetUtcNow();
        return
            attempt.Client is not null
            && attempt.Input.IdempotencyKey is { } key
            && now < code.ExpiresAt
            && code.SessionId is { } id
            && await sessions.FindAsync(id, cancellationToken) is { Generation: 0 } session
            && session.Contract == attempt.Terms.Contract
            && (session.KeyThumbprint is null || session.KeyThumbprint == attempt.Possession?.KeyThumbprint)
            && session.IsLive(now)
            && IdempotencyKey.Matches(id, session.AdvanceKeyHash, key)
            ? new RepeatProof(session, code)
            : null;
    }
}
