using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Revocation;

/// <summary>
/// A client gives a token back (RFC 7009): the session behind it ends, so refresh and access token both do (§2.1). A
/// text that is no live token is answered like one that was revoked (§2.2); only another client's token is refused.
/// </summary>
public sealed class TokenRevocation(
    ISessionStore sessions,
    AccessTokenReader reader,
    MasterKeyRing keys,
    RequestLimits limits,
    SessionRevocation revocation
)
{
    /// <summary>Null when the token is dead now, or was before.</summary>
    public async Task<Refusal?> GiveBackAsync(
        string token,
        Client client,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (limits.Take($"client:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        if (RefreshToken.TryRead(token, keys, out var refresh))
        {
            var session = await sessions.FindAsync(refresh.Session, cancellationToken);
            return session is not null ? await EndAsync(session, client, caller, cancellationToken)
                : refresh.Origin is { } origin && origin.ClientId == client.Id
                    ? await EndForgottenAsync(refresh.Session, client, caller, cancellationToken)
                : null;
        }

        if (!reader.ReadAny(token).Good(out var claims))
        {
            return null;
        }

        return await sessions.FindAsync(claims.SessionId, cancellationToken) is { } found
            ? await EndAsync(found, client, caller, cancellationToken)
            : await EndOneAsync(claims, client, caller, cancellationToken);
    }

    // The store has forgotten the session, and would open it again by its refresh token.
    private async Task<Refusal?> EndForgottenAsync(
        SessionId id,
        Client client,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (limits.TakeRevocation(client.Id) is { } tooMany)
        {
            return tooMany;
        }

        await revocation.EndForgottenAsync(id, RevocationReason.Logout, caller, cancellationToken);
        return null;
    }

    private async Task<Refusal?> EndAsync(
        Session session,
        Client client,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (session.ClientId != client.Id)
        {
            return Refusals.NotYourToken;
        }

        await revocation.EndAsync(session.Id, RevocationReason.Logout, caller, cancellationToken);
        return null;
    }

    // No row to end: a program has many tokens at once and a session that is written only when all of them end. This
    // one alone is refused from now on.
    private async Task<Refusal?> EndOneAsync(
        AccessTokenClaims claims,
        Client client,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (claims.ClientId != client.Id)
        {
            return Refusals.NotYourToken;
        }

        if (limits.TakeRevocation(client.Id) is { } tooMany)
        {
            return tooMany;
        }

        if (claims.SessionId != ClientCredentialsSession.Of(client.Id))
        {
            await revocation.EndForgottenAsync(claims.SessionId, RevocationReason.Logout, caller, cancellationToken);
        }
        else if (SessionId.TryParse(claims.TokenId, out var own))
        {
            await revocation.EndTokenAsync(own.Value, claims, client.Id, caller, cancellationToken);
        }

        return null;
    }
}
