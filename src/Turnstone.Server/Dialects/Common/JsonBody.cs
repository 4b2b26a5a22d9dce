using System.Text.Json;

namespace Turnstone.Server.Dialects.Common;

/// <summary>What is wrong with a request's body; each dialect has its own words and status for it.</summary>
public enum BodyFault
{
    UnsupportedMediaType,
    TooLarge,
    NotJson,
    NotAnObject,
}

/// <summary>What is wrong with one member.</summary>
public enum MemberFault
{
    Missing,
    WrongType,
    TooLong,
}

/// <summary>
/// A JSON object that a client sent: UTF-8, at most 16 KiB, no member twice (RFC 8259 §4 leaves what a repeated one means to chance).
/// Unknown members are ignored.
/// </summary>
public sealed class JsonBody
{
    public const int Largest = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonElement root;

    private JsonBody(JsonElement root) => this.root = root;

    /// <summary>Reads the body, or says what is wrong with it. A client that goes away in the middle is a cancellation, not a fault.</summary>
    public static async Task<(JsonBody? Body, BodyFault? Fault)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaType.Is(request, "application/json"))
        {
            return (null, BodyFault.UnsupportedMediaType);
        }

        var (bytes, fault) = await BodyBytes.ReadAsync(request, Largest, cancellationToken);
        return bytes is null ? (null, fault) : Parse(bytes);
    }

    /// <summary>A member that must be there and be a text.</summary>
    public (string? Text, MemberFault? Fault) Text(string name, int longest)
    {
        if (!root.TryGetProperty(name, out var member))
        {
            return (null, MemberFault.Missing);
        }

        if (member.ValueKind is not JsonValueKind.String)
        {
            return (null, MemberFault.WrongType);
        }

        var text = member.GetString()!;
        return text.Length > longest ? (null, MemberFault.TooLong) : (text, null);
    }

    /// <summary>A member that may be absent or null.</summary>
    public (string? Text, MemberFault? Fault) OptionalText(string name, int longest) =>
        !root.TryGetProperty(name, out var member) || member.ValueKind is JsonValueKind.Null ? (null, null) : Text(name, longest);

    public bool Has(string name) => root.TryGetProperty(name, out _);

    private static (JsonBody? Body, BodyFault? Fault) Parse(byte[] bytes)
    {
        try
        {
            // A lone surrogate or broken UTF-8 shows only when a text is read, so everything is read once here.
            using var document = JsonDocument.Parse(bytes, Strict);
            ReadTexts(document.RootElement);
            return document.RootElement.ValueKind is JsonValueKind.Object ? (new JsonBody(document.RootElement.Clone()), null) : (null, BodyFault.NotAnObject);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return (null, BodyFault.NotJson);
        }
    }

    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.String)
        {
            _ = element.GetString();
        }
        else if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                ReadTexts(item);
            }
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                _ = member.Name;
                ReadTexts(member.Value);
            }
        }
    }
}
