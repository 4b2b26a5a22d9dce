using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Turnstone.AspNetCore.Dpop;

/// <summary>
/// Whether a request shows possession of the key that its token is bound to (RFC 9449 §4.3). A proof is taken once by
/// this process.
/// </summary>
internal sealed class ProofCheck(TimeProvider time)
{
    public const string Header = "DPoP";

    private const int LongestProof = 4 * 1024;
    private const int LongestId = 256;
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly SpentProofs spent = new(time, LongestLife + MostAhead);

    public static IReadOnlyList<string> Algorithms { get; } =
    [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    /// <summary>Null for a good proof of this key for this request and token; otherwise what is wrong.</summary>
    public async Task<string?> FaultAsync(HttpRequest request, string token, string thumbprint)
    {
        var sent = request.Headers[Header];
        if (sent.Count != 1 || sent[0] is not { Length: > 0 and <= LongestProof } text)
        {
            return "The request needs one proof in the header DPoP.";
        }

        if (await ReadAsync(text) is not var (proof, key))
        {
            return "The DPoP proof cannot be taken.";
        }

        return key != thumbprint ? "The access token is not bound to the key of the DPoP proof."
            : Text(proof, "htm") != request.Method || !IsFor(request, Text(proof, "htu"))
                ? "The DPoP proof is for another request."
            : Text(proof, "ath") != Hash(token) ? "The DPoP proof is for another access token."
            : !IsOfNow(proof) ? "The DPoP proof is too old, or of the future."
            : proof.Id is not { Length: > 0 and <= LongestId } id || !spent.Spend(key, id)
                ? "The DPoP proof was used before."
            : null;
    }

    /// <summary>The proof, and the thumbprint of the key that it shows and is signed by.</summary>
    private async Task<(JsonWebToken Proof, string Key)?> ReadAsync(string text)
    {
        try
        {
            var read = new JsonWebToken(text);
            if (
                !read.TryGetHeaderValue<JsonElement>("jwk", out var shown)
                || read.TryGetHeaderValue<JsonElement>("crit", out _)
            )
            {
                return null;
            }

            var key = new JsonWebKey(shown.GetRawText());
            if (key.HasPrivateKey || key.Kty is not ("EC" or "RSA"))
            {
                return null;
            }

            // Its signature is its own key's, and that is all that is asked here.
            var rules = new TokenValidationParameters
            {
                IssuerSigningKey = key,
                TryAllIssuerSigningKeys = true,
                ValidTypes = ["dpop+jwt"],
                ValidAlgorithms = Algorithms,
                ValidateIssuer = false,
                ValidateAudience = false,
                ValidateLifetime = false,
                RequireExpirationTime = false,
            };
            var result = await handler.ValidateTokenAsync(read, rules);
            return result.IsValid ? (read, Base64UrlEncoder.Encode(key.ComputeJwkThumbprint())) : null;
        }
        catch (Exception fault) when (fault is ArgumentException or JsonException or CryptographicException)
        {
            return null;
        }
    }

    private bool IsOfNow(JsonWebToken proof)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return proof.IssuedAt >= now - LongestLife && proof.IssuedAt <= now + MostAhead;
    }

    // Without query and fragment (§4.3), and as RFC 3986 §6.2.2 and §6.2.3 compare addresses.
    private static bool IsFor(HttpRequest request, string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var given)
        && given.UserInfo.Length == 0
        && Uri.TryCreate(request.GetEncodedUrl(), UriKind.Absolute, out var asked)
        && given.GetLeftPart(UriPartial.Path) == asked.GetLeftPart(UriPartial.Path);

    private static string? Text(JsonWebToken proof, string name) =>
        proof.TryGetPayloadValue<string>(name, out var text) ? text : null;

    private static string Hash(string token) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
