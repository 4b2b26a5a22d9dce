using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// The public keys by which somebody else proves himself: a JWK set (RFC 7517 §5), read once and in full, so that a key
/// that could never verify is refused where it is registered and not where it is needed.
/// </summary>
public sealed class VerificationKeys : IEquatable<VerificationKeys>
{
    /// <summary>The most characters of a set.</summary>
    public const int LongestText = 16 * 1024;

    /// <summary>Each may have to be tried where a signature names none.</summary>
    public const int MostKeys = 5;

    /// <summary>The most keys of a set that somebody publishes.</summary>
    public const int MostPublished = 50;

    private readonly VerificationKey[] keys;

    private VerificationKeys(string text, VerificationKey[] keys) => (Text, this.keys) = (text, keys);

    /// <summary>The algorithms that are taken (RFC 7518 §3.1); the platform has no EdDSA.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["ES256", "RS256", "PS256"];

    /// <summary>The set as it was registered.</summary>
    public string Text { get; }

    /// <summary>The names of the keys; null for one without.</summary>
    public IEnumerable<string?> Names => keys.Select(key => key.Kid);

    /// <summary>Reads a set; false with a sentence that says what is wrong with it.</summary>
    public static bool TryRead(
        string text,
        [NotNullWhen(true)] out VerificationKeys? set,
        [NotNullWhen(false)] out string? problem
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        (set, problem) = (null, null);
        if (text.Length > LongestText || !StrictJson.TryParse(Encoding.UTF8.GetBytes(text), out var document))
        {
            problem = $"give a JWK set, {{\"keys\":[…]}}, of at most {LongestText} characters.";
            return false;
        }

        using (document)
        {
            if (!TryList(document, MostKeys, out var listed))
            {
                problem = $"give a JWK set with 1 to {MostKeys} keys.";
                return false;
            }

            var read = new List<VerificationKey>();
            foreach (var jwk in listed)
            {
                if (!TryReadKey(jwk, out var key, out var wrong))
                {
                    problem = $"key {read.Count}: {wrong}";
                    return false;
                }

                read.Add(key);
            }

            if (read.Where(key => key.Kid is not null).GroupBy(key => key.Kid).Any(same => same.Count() > 1))
            {
                problem = "two keys have the same kid.";
                return false;
            }

            set = new VerificationKeys(text, [.. read]);
            return true;
        }
    }

    /// <summary>
    /// Reads a set that somebody publishes for everybody. He may have keys in it that are of no use here, and they are
    /// passed over (RFC 7517 §5); what is left has to be something.
    /// </summary>
    public static bool TryReadPublished(
        byte[] json,
        [NotNullWhen(true)] out VerificationKeys? set,
        [NotNullWhen(false)] out string? problem
    )
    {
        (set, problem) = (null, null);
        if (!StrictJson.TryParse(json, out var document))
        {
            problem = "it is no JWK set, {\"keys\":[…]}.";
            return false;
        }

        using (document)
        {
            if (!TryList(document, MostPublished, out var listed))
            {
                problem = $"it is no JWK set with 1 to {MostPublished} keys.";
                return false;
            }

            var usable = listed.Select(jwk => TryReadKey(jwk, out var key, out _) ? key : null);
            set = new VerificationKeys(Encoding.UTF8.GetString(json), [.. usable.OfType<VerificationKey>()]);
            problem = set.keys.Length == 0 ? "none of its keys can be used: EC on P-256 or RSA, to sign." : null;
            return problem is null;
        }
    }

    private static bool TryList(JsonDocument set, int most, out List<JsonElement> listed)
    {
        listed =
            set.RootElement.TryGetProperty("keys"u8, out var keys) && keys.ValueKind is JsonValueKind.Array
                ? [.. keys.EnumerateArray().Take(most + 1)]
                : [];
        return listed.Count > 0 && listed.Count <= most;
    }

    /// <summary>
    /// Whether one of the keys has made the signature: the one that is named, or, where none is, any of the kind.
    /// </summary>
    public bool Verify(string alg, string? kid, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        foreach (var key in keys)
        {
            if (
                (kid is null || key.Kid == kid)
                && (key.Algorithm is null || key.Algorithm == alg)
                && key.Takes(alg)
                && key.Verify(alg, data, signature)
            )
            {
                return true;
            }
        }

        return false;
    }

    public bool Equals(VerificationKeys? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as VerificationKeys);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{keys.Length} keys";

    /// <summary>Reads one key; false with a sentence that says what is wrong with it.</summary>
    internal static bool TryReadKey(
        JsonElement jwk,
        [NotNullWhen(true)] out VerificationKey? key,
        [NotNullWhen(false)] out string? problem
    )
    {
        (key, problem) = (null, jwk.ValueKind is JsonValueKind.Object ? ProblemOf(jwk) : "give an object.");
        if (problem is not null)
        {
            return false;
        }

        var (kid, alg) = (StrictJson.Text(jwk, "kid"u8), StrictJson.Text(jwk, "alg"u8));
        try
        {
            key = StrictJson.Text(jwk, "kty"u8) switch
            {
                "EC" => Ec(jwk, kid, alg),
                "RSA" => Rsa(jwk, kid, alg),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
        }

        problem = key is not null
            ? null
            : "give an EC key on P-256 with x and y, or an RSA key of 2048 to 4096 bits with an e of 65537 or more.";
        return problem is null;
    }

    private static string? ProblemOf(JsonElement jwk) =>
        jwk.EnumerateObject().Any(member => member.Name is "d" or "p" or "q" or "dp" or "dq" or "qi" or "oth" or "k")
            ? "this is a private or a secret key. Give its public half alone, and replace the key: it has been shown."
        : !IsText(jwk, "kid"u8, most: 256) ? "its kid must be a text of at most 256 characters."
        : !IsText(jwk, "alg"u8, most: 16) || (StrictJson.Text(jwk, "alg"u8) is { } alg && !Algorithms.Contains(alg))
            ? $"its alg must be {string.Join(", ", Algorithms)}, or be left out."
        : jwk.TryGetProperty("use"u8, out _) && StrictJson.Text(jwk, "use"u8) != "sig" ? "its use must be sig."
        : null;

    private static bool IsText(JsonElement jwk, ReadOnlySpan<byte> name, int most) =>
        !jwk.TryGetProperty(name, out var value) || StrictJson.Text(value)?.Length <= most;

    private static EcVerificationKey? Ec(JsonElement jwk, string? kid, string? alg) =>
        StrictJson.Text(jwk, "crv"u8) == "P-256"
        && alg is null or "ES256"
        && TryBytes(jwk, "x"u8, out var x)
        && TryBytes(jwk, "y"u8, out var y)
        && EcVerificationKey.Fits(x, y)
            ? new(kid, alg, x, y)
            : null;

    private static RsaVerificationKey? Rsa(JsonElement jwk, string? kid, string? alg) =>
        alg is null or "RS256" or "PS256"
        && TryBytes(jwk, "n"u8, out var n)
        && TryBytes(jwk, "e"u8, out var e)
        && RsaVerificationKey.Fits(n, e)
            ? new(kid, alg, n, e)
            : null;

    private static bool TryBytes(JsonElement jwk, ReadOnlySpan<byte> name, out byte[] bytes)
    {
        bytes = [];
        return StrictJson.Text(jwk, name) is { } text && Base64UrlText.TryDecode(text, out bytes);
    }
}
