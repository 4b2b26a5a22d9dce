using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>What a logout token says (OpenID Connect Back-Channel Logout §2.4).</summary>
public sealed record LogoutTokenClaims
{
    public required string Subject { get; init; }

    /// <summary>The claim <c>aud</c>: the client.</summary>
    public required string ClientId { get; init; }

    public required SessionId SessionId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The claim <c>jti</c>: the notice, the same at every try.</summary>
    public required Guid Id { get; init; }
}

/// <summary>
/// Writes logout tokens. Their type tells them from ID tokens and access tokens, and they never have a <c>nonce</c>.
/// </summary>
public sealed class LogoutTokenWriter(SigningKeyRing ring, IssuerAndAudience issuer)
{
    public const string Type = "logout+jwt";
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private readonly JwsWriter jws = new(ring);
    private readonly Action<Utf8JsonWriter, LogoutTokenClaims> write = (json, claims) =>
        WriteClaims(json, issuer.Issuer, claims);

    /// <exception cref="Storage.StoreUnavailableException">The ring holds no key that signs.</exception>
    public string Write(LogoutTokenClaims claims, SigningAlgorithm algorithm) =>
        jws.Write(claims, write, algorithm, Type);

    private static void WriteClaims(Utf8JsonWriter json, string iss, LogoutTokenClaims claims)
    {
        json.WriteString("iss", iss);
        json.WriteString("sub", claims.Subject);
        json.WriteString("aud", claims.ClientId);
        json.WriteString("sid", claims.SessionId.ToString());
        json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", (claims.IssuedAt + Life).ToUnixTimeSeconds());
        json.WriteString("jti", claims.Id.ToString("N"));
        json.WriteStartObject("events");
        json.WriteStartObject(Event);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
