using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// The way in with an API key. A client that logs in again and again is steered to refreshing; its key is never locked
/// by it.
/// </summary>
public sealed class ApiKeyGrant(
    ApiKeys apiKeys,
    IApiKeyStore store,
    LoginSteering steering,
    RequestLimits limits,
    LoginDoor door,
    TokenDesk desk,
    TimeProvider time
)
{
    public async Task<Outcome<Issued>> LoginAsync(
        string key,
        Terms terms,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var facts = new LoginFacts(nameof(GrantKind.ApiKey), terms.Contract, caller);
        var proof = await apiKeys.ProveAsync(key, cancellationToken);
        if (!proof.Granted(out var proven, out var refusal))
        {
            return await door.FailedAsync(facts, refusal, cancellationToken);
        }

        // Under attack by its own owner's loop the audit must not grow either: past the hard limit nothing is written
        // any more.
        if (limits.Take($"apikey:{proven.Id}") is { } tooMany)
        {
            return tooMany;
        }

        var logins = steering.Allowance();
        var outcome = await desk.OpenAsync(
            Admitted(proven, logins) with
            {
                TooMany = steering.Refused,
            },
            terms,
            caller,
            Refusals.InvalidCredentials,
            cancellationToken
        );
        if (outcome.Refusal is { Code: RefusalCode.UseRefreshInstead } steered)
        {
            return await door.AbusedAsync(
                facts with
                {
                    AccountId = proven.AccountId,
                    ApiKeyId = proven.Id,
                },
                steered,
                cancellationToken
            );
        }

        if (outcome.Refusal is null)
        {
            store.NoteUse(proven.Id, time.GetUtcNow(), caller.Network);
        }

        return outcome;
    }

    private static Admission Admitted(ApiKey key, LoginAllowance logins) =>
        new()
        {
            Grant = GrantKind.ApiKey,
            Subject = key.AccountId.ToString(),
            AccountId = key.AccountId,
            ApiKeyId = key.Id,
            Scopes = key.Scopes,
            Preconditions = new Preconditions { ApiKeyId = key.Id, Logins = logins },
        };
}
