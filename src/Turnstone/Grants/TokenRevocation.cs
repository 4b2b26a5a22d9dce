using Turnstone.AccessTokens;
using Turnstone.Directory;
using Turnstone.Keys;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// A client gives a token back (RFC 7009): the session behind it ends, so refresh and access token both do (§2.1). A text that is no live token is
/// answered like one that was revoked (§2.2); only another client's token is refused.
/// </summary>
public sealed class TokenRevocation(ISessionStore sessions, AccessTokenReader reader, MasterKeyRing keys, Revocation revocation)
{
    /// <summary>Null when the token is dead now.</summary>
    public async Task<Refusal?> GiveBackAsync(string token, Client client, Caller caller, CancellationToken cancellationToken)
    {
        if (RefreshToken.TryRead(token, keys, out var refresh))
        {
            return await EndAsync(refresh.Session, client, caller, cancellationToken);
        }

        return !reader.Read(token).Good(out var claims) ? null
            : claims.SessionId == StandingSession.Of(client.Id, client.Epoch) ? await EndOneAsync(claims, client, caller, cancellationToken)
            : await EndAsync(claims.SessionId, client, caller, cancellationToken) ?? (claims.ClientId == client.Id ? null : Refusals.NotYourToken);
    }

    private async Task<Refusal?> EndAsync(SessionId id, Client client, Caller caller, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(id, cancellationToken) is not { } session)
        {
            return null;
        }

        if (session.ClientId != client.Id)
        {
            return Refusals.NotYourToken;
        }

        await revocation.EndAsync(id, RevocationReason.Logout, caller, cancellationToken);
        return null;
    }

    // A program has many tokens at once and no session of its own to end: only this one is refused from now on.
    private async Task<Refusal?> EndOneAsync(AccessTokenClaims claims, Client client, Caller caller, CancellationToken cancellationToken)
    {
        if (SessionId.TryParse(claims.TokenId, out var own))
        {
            await revocation.EndTokenAsync(own.Value, claims, client.Id, caller, cancellationToken);
        }

        return null;
    }
}
