using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>What an ID token of this server says, whenever it was given.</summary>
/// <param name="Subject">Who signed in.</param>
/// <param name="ClientId">The client that it was given to.</param>
/// <param name="SessionId">The session; null in a token from before they were named.</param>
public sealed record IdTokenHint(string Subject, string ClientId, SessionId? SessionId);

/// <summary>
/// Reads the <c>id_token_hint</c> of a logout (OpenID Connect RP-Initiated Logout §2). It may have expired: it opens
/// nothing, it only shows that the client knows the person. An access token is no ID token.
/// </summary>
public sealed class IdTokenHintReader(SigningKeyRing ring, IssuerAndAudience issuer)
{
    /// <exception cref="Storage.StoreUnavailableException">The keys have not been read yet.</exception>
    public bool TryRead(string? token, [NotNullWhen(true)] out IdTokenHint? hint)
    {
        hint = null;
        return token is { Length: <= AccessTokenReader.LongestToken }
            && Ascii.IsValid(token)
            && CompactJws.TrySplit(token, out var header, out var payload, out var signature)
            && AccessTokenHeader.Read(header, out var read) is null
            && ring.Find(read.Kid) is { } key
            && read.Algorithm == key.Algorithm.ToString()
            && key.Verify(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), signature)
            && TryReadClaims(payload, out hint);
    }

    private bool TryReadClaims(byte[] payload, [NotNullWhen(true)] out IdTokenHint? hint)
    {
        hint = null;
        if (!StrictJson.TryParse(payload, out var document))
        {
            return false;
        }

        using (document)
        {
            var json = document.RootElement;
            if (
                StrictJson.Text(json, "iss"u8) != issuer.Issuer
                || StrictJson.Text(json, "sub"u8) is not { Length: > 0 } subject
                || StrictJson.Text(json, "aud"u8) is not { Length: > 0 } client
                || json.TryGetProperty("jti"u8, out _)
            )
            {
                return false;
            }

            SessionId? session = SessionId.TryParse(StrictJson.Text(json, "sid"u8), out var sid) ? sid : null;
            hint = new IdTokenHint(subject, client, session);
            return true;
        }
    }
}
