using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// Signs what is said of a token, for one who has to show it to others (RFC 9701 §5). It is no token itself: its type
/// and its audience are others, and it has no <c>sub</c>.
/// </summary>
public sealed class IntrospectionWriter(SigningKeyRing ring, IssuerAndAudience issuer)
{
    private readonly JwsWriter jws = new(ring);

    /// <param name="clientId">Who asked.</param>
    /// <param name="at">When.</param>
    /// <param name="members">Writes the members of what is said.</param>
    /// <param name="algorithm">Which of the two keys signs.</param>
    /// <exception cref="Storage.StoreUnavailableException">The ring holds no key that signs.</exception>
    public string Write(
        string clientId,
        DateTimeOffset at,
        Action<Utf8JsonWriter> members,
        SigningAlgorithm algorithm
    ) =>
        jws.Write(
            (issuer.Issuer, clientId, at, members),
            static (json, said) =>
            {
                json.WriteString("iss", said.Issuer);
                json.WriteString("aud", said.clientId);
                json.WriteNumber("iat", said.at.ToUnixTimeSeconds());
                json.WriteStartObject("token_introspection");
                said.members(json);
                json.WriteEndObject();
            },
            algorithm,
            "token-introspection+jwt"
        );
}
