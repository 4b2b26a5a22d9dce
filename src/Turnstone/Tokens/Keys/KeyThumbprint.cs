using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// The name of a public key that follows from the key alone (RFC 7638): the hash of its required members, in their
/// order and without white space.
/// </summary>
public static class KeyThumbprint
{
    /// <summary>The characters of a thumbprint.</summary>
    public const int Length = 43;

    /// <summary>Whether it is the base64url of a SHA-256.</summary>
    public static bool HasShape(string? text) =>
        text?.Length == Length
        && Base64UrlText.TryDecode(text, out var bytes)
        && bytes.Length == SHA256.HashSizeInBytes;

    /// <param name="jwk">A key that was read: its numbers have one text each.</param>
    public static string Of(JsonElement jwk)
    {
        string Member(string name) => jwk.GetProperty(name).GetString()!;
        var members =
            Member("kty") == "EC"
                ? $$"""{"crv":"{{Member("crv")}}","kty":"EC","x":"{{Member("x")}}","y":"{{Member("y")}}"}"""
                : $$"""{"e":"{{Member("e")}}","kty":"RSA","n":"{{Member("n")}}"}""";
        return Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(members)));
    }
}
