using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// Opens a session again that the store has forgotten, from what its refresh token says, under the preconditions of a
/// login. One that was revoked or swept never comes back this way: the row of a revoked one stays for as long as its
/// token could open it, a mark stays longer, and a live one is swept only after its tokens have expired (ADR 0002).
/// </summary>
public sealed class Reopening(
    ISessionStore sessions,
    IAccountStore accounts,
    IApiKeyStore apiKeys,
    ClientDirectory clients,
    PairwiseSubjects subjects,
    TimeProvider time
)
{
    /// <summary>Whether there is a row now: opened here, or by somebody who was first.</summary>
    public async Task<bool> OpenAsync(RefreshAttempt attempt, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var now = time.GetUtcNow();
        if (attempt.Token.Origin is not { } origin || !ForgottenSession.MayOpen(origin, attempt, now))
        {
            return false;
        }

        var key = origin.ApiKeyId is { } id ? await apiKeys.FindAsync(id, cancellationToken) : null;
        var account = (key?.AccountId ?? origin.AccountId) is { } owner
            ? await accounts.FindAsync(owner, cancellationToken)
            : null;
        var client = await clients.FindAsync(origin.ClientId, cancellationToken);
        if (
            account is not { DisabledAt: null }
            || (origin.ApiKeyId is not null && key is null)
            || (origin.ClientId is not null && client is not { Stands: true })
        )
        {
            return false;
        }

        var scopes = origin.Scopes ?? key?.Scopes ?? Scopes.None;
        if (ForgottenSession.Of(attempt, account.Id, scopes, now) is not { } session)
        {
            return false;
        }

        var receipt = await sessions.OpenAsync(
            session with
            {
                OpenedBy = caller,
                Subject = await subjects.OfAsync(client, account.Id, cancellationToken),
            },
            new Preconditions
            {
                Account = (account.Id, account.Epoch),
                Client = client is null ? null : (client.Id, client.Epoch),
                ApiKeyId = origin.ApiKeyId,
                SubscriptionId = origin.Subscription?.Id,
                LetInBy = origin.DependsOn,
                OpenedAfter = origin.OpenedAfter,
            },
            AttemptEntries.Reopened(session, now),
            cancellationToken
        );
        return receipt.IsCommitted || receipt.Kind is Storage.ReceiptKind.Conflict;
    }
}
