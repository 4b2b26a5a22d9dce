using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>What an ID token says (OpenID Connect Core §2).</summary>
public sealed record IdTokenClaims
{
    public required string Subject { get; init; }

    /// <summary>The claim <c>aud</c>: the client.</summary>
    public required string ClientId { get; init; }

    /// <summary>The claim <c>sid</c>: the session that ends when the person signs out.</summary>
    public required SessionId SessionId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The client's own word for the request, exactly as it came.</summary>
    public string? Nonce { get; init; }

    /// <summary>The claim <c>auth_time</c>; null when it is not known.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The claim <c>acr</c>: how surely; null when it is not known.</summary>
    public string? Acr { get; init; }

    /// <summary>The claim <c>amr</c>: how the person signed in (RFC 8176).</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>The email address, where the client has asked for it here; null otherwise.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the address is confirmed, where the client has asked for that here; null otherwise.</summary>
    public bool? EmailVerified { get; init; }

    /// <summary>The access token of the same answer, for <c>at_hash</c>.</summary>
    public required string AccessToken { get; init; }
}

/// <summary>
/// Writes ID tokens. None of them can pass as an access token: it has another audience and no <c>jti</c>.
/// </summary>
public sealed class IdTokenWriter(SigningKeyRing ring, IssuerAndAudience issuer)
{
    private readonly JwsWriter jws = new(ring);
    private readonly Action<Utf8JsonWriter, IdTokenClaims> write = (json, claims) =>
        WriteClaims(json, issuer.Issuer, claims);

    /// <exception cref="StoreUnavailableException">The ring holds no key that signs.</exception>
    public string Write(IdTokenClaims claims, SigningAlgorithm algorithm) => jws.Write(claims, write, algorithm, "JWT");

    private static void WriteClaims(Utf8JsonWriter json, string iss, IdTokenClaims claims)
    {
        json.WriteString("iss", iss);
        json.WriteString("sub", claims.Subject);
        json.WriteString("aud", claims.ClientId);
        json.WriteString("sid", claims.SessionId.ToString());
        json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", claims.ExpiresAt.ToUnixTimeSeconds());
        if (claims.SignedInAt is { } at)
        {
            json.WriteNumber("auth_time", at.ToUnixTimeSeconds());
        }

        if (claims.Nonce is { } nonce)
        {
            json.WriteString("nonce", nonce);
        }

        if (claims.Acr is { } acr)
        {
            json.WriteString("acr", acr);
        }

        if (claims.Methods.Count > 0)
        {
            json.WriteStartArray("amr");
            foreach (var method in claims.Methods)
            {
                json.WriteStringValue(method);
            }

            json.WriteEndArray();
        }

        if (claims.Email is { } email)
        {
            json.WriteString("email", email);
        }

        if (claims.EmailVerified is { } verified)
        {
            json.WriteBoolean("email_verified", verified);
        }

        json.WriteString("at_hash", HashOf(claims.AccessToken));
    }

    /// <summary>
    /// The left half of the SHA-256 (§3.1.3.6), which is the hash of both algorithms that sign here.
    /// </summary>
    private static string HashOf(string token) =>
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)).AsSpan(0, SHA256.HashSizeInBytes / 2));
}
