using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Credentials;

/// <summary>
/// Proof key for code exchange (RFC 7636), S256 only: <c>plain</c> protects against nobody who sees the request.
/// </summary>
public static class Pkce
{
    private const int ChallengeLength = 43;

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    );

    /// <summary>Whether a text can be an S256 challenge: the base64url of a SHA-256 (§4.2).</summary>
    public static bool IsChallenge(string? challenge) =>
        challenge is { Length: ChallengeLength }
        && Base64UrlText.TryDecode(challenge, out var bytes)
        && bytes.Length == SHA256.HashSizeInBytes;

    /// <summary>Whether a text can be a verifier: 43 to 128 unreserved characters (§4.1).</summary>
    public static bool IsVerifier(string? verifier) =>
        verifier is { Length: >= 43 and <= 128 } && !verifier.AsSpan().ContainsAnyExcept(Unreserved);

    /// <summary>Whether the verifier is the one the challenge was made from (§4.6), in constant time.</summary>
    public static bool Matches(string? challenge, string? verifier) =>
        IsChallenge(challenge)
        && IsVerifier(verifier)
        && Base64UrlText.TryDecode(challenge, out var expected)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.ASCII.GetBytes(verifier!)), expected);
}
