using System.Text.Json;
using Turnstone.Tokens;

namespace Turnstone.Directory.Metadata;

/// <summary>What is wrong with the metadata of a client.</summary>
/// <param name="Error">The code of RFC 7591 §3.2.2.</param>
/// <param name="Sentence">The member and what to give.</param>
public sealed record MetadataProblem(string Error, string Sentence)
{
    public static MetadataProblem Of(string sentence) => new("invalid_client_metadata", sentence);

    public static MetadataProblem OfRedirect(string sentence) => new("invalid_redirect_uri", sentence);
}

/// <summary>Reads members of metadata (RFC 7591 §2) by their types and bounds; keeps the first that is wrong.</summary>
internal sealed class MetadataMembers(JsonElement json)
{
    public MetadataProblem? Problem { get; private set; }

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string name, int longest)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (StrictJson.Text(value) is { Length: > 0 } text && text.Length <= longest)
        {
            return text;
        }

        Refuse($"{name} must be a text of 1 to {longest} characters.");
        return null;
    }

    /// <summary>A list of texts; null where there is none.</summary>
    public IReadOnlyList<string>? Texts(string name, int most, int longest)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() <= most)
        {
            var texts = value.EnumerateArray().Select(StrictJson.Text).ToList();
            if (texts.TrueForAll(text => text is { Length: > 0 } && text.Length <= longest))
            {
                return [.. texts.OfType<string>().Distinct(StringComparer.Ordinal)];
            }
        }

        Refuse($"{name} must be an array of at most {most} texts of 1 to {longest} characters.");
        return null;
    }

    /// <summary>An object as it was written; null where there is none.</summary>
    public string? Object(string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Object)
        {
            return value.GetRawText();
        }

        Refuse($"{name} must be an object.");
        return null;
    }

    public void Refuse(string sentence) => Refuse(MetadataProblem.Of(sentence));

    public void Refuse(MetadataProblem problem) => Problem ??= problem;
}
