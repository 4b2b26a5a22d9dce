using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Turnstone.Tokens;

/// <summary>
/// Reads a part of a token: a JSON object in valid UTF-8 whose members each occur once (RFC 7519 §4), so that no two
/// readers see two tokens in one.
/// </summary>
internal static class StrictJson
{
    /// <summary>The last second that a DateTimeOffset can name, less room to add the skew.</summary>
    public const long LatestSecond = 253402300799 - 3600;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static bool TryParse(byte[] utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair in a member's name.
            return false;
        }

        if (document.RootElement.ValueKind is JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    /// <summary>
    /// The member's text; null when it is absent, no string, or no valid Unicode (half of a surrogate pair).
    /// </summary>
    public static string? Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out var value) ? Text(value) : null;

    public static string? Text(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A NumericDate, which may have a fraction (RFC 7519 §2); null when it is absent or none.</summary>
    public static DateTimeOffset? Time(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetDecimal(out var seconds)
        && seconds is >= 0 and <= LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>
    /// A member that is one string or an array of them, as <c>aud</c> is (RFC 7519 §4.1.3). What is no string is empty.
    /// </summary>
    public static string[] Texts(JsonElement json, ReadOnlySpan<byte> name) =>
        !json.TryGetProperty(name, out var value) ? []
        : value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(one => Text(one) ?? "")]
        : Text(value) is { } one ? [one]
        : [];
}
