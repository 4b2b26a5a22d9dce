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
        if (SessionOf(token) is not { } id || await sessions.FindAsync(id, cancellationToken) is not { } session)
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

    private SessionId? SessionOf(string token) =>
        RefreshToken.TryRead(token, keys, out var refresh) ? refresh.Session
        : reader.Read(token).Good(out var claims) ? claims.SessionId
        : null;
}
