using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Revocation;

/// <summary>
/// Ends sessions. When it returns, this node refuses their access tokens, no node answers their refreshes, and the
/// audit says who did it.
/// </summary>
public sealed class SessionRevocation(
    ISessionStore sessions,
    IConsentStore consents,
    RevokedSessions revoked,
    LogoutNotices notices,
    TimeProvider time
)
{
    private const int Page = 500;

    /// <summary>Ends one session; false when there is no such live session.</summary>
    public async Task<bool> EndAsync(
        SessionId id,
        RevocationReason reason,
        Caller caller,
        CancellationToken cancellationToken,
        AuditEvent what = AuditEvent.SessionRevoked,
        string? detail = null
    )
    {
        if (await sessions.FindAsync(id, cancellationToken) is not { } session)
        {
            return false;
        }

        var entry = Entry(what, caller, detail ?? reason.ToString()) with
        {
            SessionId = id,
            AccountId = session.AccountId,
            ClientId = session.ClientId,
            ApiKeyId = session.ApiKeyId,
            Contract = session.Contract,
        };
        var ended = await sessions.EndAsync(id, reason, entry, cancellationToken);
        await EndDependentAsync(session, reason, caller, cancellationToken);
        if (ended.IsCommitted)
        {
            await notices.AddAsync([session]);
        }

        return ended.IsCommitted;
    }

    /// <summary>
    /// Ends what a company opened for the user by a session that has ended. None of it would be refreshed any more;
    /// this ends its access tokens too.
    /// </summary>
    public async Task EndDependentAsync(
        Session ended,
        RevocationReason reason,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (ended is not { Grant: GrantKind.Code, AccountId: { } account, ClientId: { } client })
        {
            return;
        }

        SessionPlace? after = null;
        IReadOnlyList<Session> page;
        do
        {
            page = await sessions.ListAsync(SessionHolder.Consent(account, client), Page, cancellationToken, after);
            foreach (var dependent in page.Where(session => session.DependsOn == ended.Id))
            {
                await EndAsync(dependent.Id, reason, caller, cancellationToken);
            }

            after = page.Count > 0 ? SessionPlace.Of(page[^1]) : null;
        } while (page.Count == Page);
    }

    /// <summary>
    /// Ends one of the tokens that a client got for itself, or all of them when it has ended too many.
    /// </summary>
    public Task EndTokenAsync(
        SessionId token,
        AccessTokenClaims claims,
        string clientId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (revoked.HasTooManyOf(clientId))
        {
            return EndAllAsync(
                SessionHolder.OwnTokens(clientId),
                RevocationReason.Logout,
                caller,
                cancellationToken,
                "The client has revoked too many of its own tokens one by one: all of them are ended."
            );
        }

        var entry = Entry(AuditEvent.SessionRevoked, caller, nameof(RevocationReason.Logout)) with
        {
            SessionId = token,
            ClientId = clientId,
        };
        var ended = EndedSession.Of(token, clientId, RevocationReason.Logout, entry.At, claims.ExpiresAt, caller);

        // Given back twice at once, it is written once, and dead for both.
        return sessions.OpenAsync(ended, new Preconditions(), entry, cancellationToken);
    }

    /// <summary>
    /// Ends a session that the store has forgotten: it is not opened again, and its access tokens are refused until
    /// the last of them is dead by itself.
    /// </summary>
    public async Task EndForgottenAsync(
        SessionId id,
        RevocationReason reason,
        Caller caller,
        CancellationToken cancellationToken,
        string? detail = null
    )
    {
        var entry = Entry(AuditEvent.SessionRevoked, caller, detail ?? reason.ToString()) with { SessionId = id };
        var until = entry.At + AccessTokenLimits.LongestLifetime;
        var receipt = await sessions.OpenAsync(
            EndedSession.Of(id, ownTokenOf: null, reason, entry.At, until, caller),
            new Preconditions(),
            entry,
            cancellationToken
        );
        if (receipt.Kind is ReceiptKind.Conflict)
        {
            // Its client was first, and has opened it again.
            await EndAsync(id, reason, caller, cancellationToken, detail: detail);
        }
    }

    /// <summary>
    /// Ends every session of a holder, but one that is named; answers how many there were. The account is named for the
    /// record where the holder does not tell it.
    /// </summary>
    public async Task<SessionCount> EndAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        Caller caller,
        CancellationToken cancellationToken,
        string? detail = null,
        SessionId? except = null,
        Guid? accountId = null
    )
    {
        var entry = Entry(AuditEvent.SessionsRevoked, caller, detail ?? reason.ToString()) with
        {
            AccountId = holder.AccountId ?? accountId,
            ClientId = holder.ClientId,
            ApiKeyId = holder.ApiKeyId,
        };
        var held = await HeldAsync(holder, cancellationToken);
        var receipt = await sessions.EndAllAsync(holder, reason, entry, cancellationToken, except);
        await notices.AddAsync(held.Where(session => session.Id != except));
        return receipt.EndedCount;
    }

    /// <summary>
    /// Takes back what an account has let a client do, with every session that came of it; answers how many, null when
    /// the client was never let in.
    /// </summary>
    public async Task<SessionCount?> WithdrawAsync(
        Guid accountId,
        string clientId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var entry = Entry(AuditEvent.ConsentWithdrawn, caller, nameof(RevocationReason.ByOwner)) with
        {
            AccountId = accountId,
            ClientId = clientId,
        };
        var held = await HeldAsync(SessionHolder.Consent(accountId, clientId), cancellationToken);
        var receipt = await consents.WithdrawAsync(accountId, clientId, entry, cancellationToken);
        await notices.AddAsync(receipt.IsCommitted ? held : []);
        return receipt.IsCommitted ? receipt.EndedCount : null;
    }

    // A mark ends them without reading them. Of very many the newest are told of.
    private async Task<IReadOnlyList<Session>> HeldAsync(SessionHolder holder, CancellationToken cancellationToken) =>
        holder.Kind is HolderKind.Account or HolderKind.Consent or HolderKind.Client
            ? await sessions.ListAsync(holder, LogoutNotices.MostAtOnce, cancellationToken)
            : [];

    private AuditEntry Entry(AuditEvent what, Caller caller, string detail) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            Detail = detail,
        };
}
