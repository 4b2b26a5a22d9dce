using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Server.Portal.GenerateToken;

/// <summary>One claim of a token: its name, its value, and the time if it is one.</summary>
public sealed record ClaimReading(string Name, string Value, DateTimeOffset? At);

/// <summary>An access token, decoded for its owner. It is not verified: it was issued a moment ago.</summary>
public sealed record TokenReading(string Header, string Payload, IReadOnlyList<ClaimReading> Claims)
{
    private static readonly JsonSerializerOptions Legible = new() { WriteIndented = true, NewLine = "\n" };

    /// <exception cref="FormatException">The text is not a signed token.</exception>
    public static TokenReading Of(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var parts = token.Split('.');
        using var header = Part(parts[0]);
        using var payload = Part(parts.Length == 3 ? parts[1] : "");
        return new(Text(header), Text(payload), [.. Both(header, payload).Select(Read)]);
    }

    private static IEnumerable<JsonProperty> Both(JsonDocument header, JsonDocument payload) =>
        header.RootElement.EnumerateObject().Concat(payload.RootElement.EnumerateObject());

    private static ClaimReading Read(JsonProperty claim) =>
        new(
            claim.Name,
            claim.Value.ToString(),
            claim.Name is "iat" or "exp" or "nbf" && claim.Value.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null
        );

    private static JsonDocument Part(string text) =>
        Base64UrlText.TryDecode(text, out var bytes)
            ? JsonDocument.Parse(bytes)
            : throw new FormatException("This is no signed token.");

    private static string Text(JsonDocument part) => JsonSerializer.Serialize(part.RootElement, Legible);
}
