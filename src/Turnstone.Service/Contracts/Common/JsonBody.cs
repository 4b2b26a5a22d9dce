using System.Text.Json;
using System.Text.Unicode;

namespace Turnstone.Server.Contracts.Common;

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
/// A JSON object that a client sent: UTF-8, at most 16 KiB, no member twice (RFC 8259 §4 leaves what a repeated one
/// means to chance). Unknown members are ignored.
/// </summary>
public sealed class JsonBody
{
    public const int Largest = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly Member[] members;

    private JsonBody(Member[] members) => this.members = members;

    /// <summary>
    /// Reads the body, or says what is wrong with it. A client that goes away in the middle is a cancellation, not a
    /// fault.
    /// </summary>
    public static ValueTask<(JsonBody? Body, BodyFault? Fault)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        MediaType.Is(request, "application/json")
            ? BodyBytes.ReadAsync(request, Largest, Parse, cancellationToken)
            : ValueTask.FromResult<(JsonBody?, BodyFault?)>((null, BodyFault.UnsupportedMediaType));

    /// <summary>A member that must be there and be a text.</summary>
    public (string? Text, MemberFault? Fault) Text(string name, int longest) =>
        Find(name) switch
        {
            null => (null, MemberFault.Missing),
            { Text: null } => (null, MemberFault.WrongType),
            { Text: var text } => text.Length > longest ? (null, MemberFault.TooLong) : (text, null),
        };

    /// <summary>A member that may be absent or null.</summary>
    public (string? Text, MemberFault? Fault) OptionalText(string name, int longest) =>
        Find(name) is null or { Kind: JsonValueKind.Null } ? (null, null) : Text(name, longest);

    private Member? Find(string name)
    {
        foreach (var member in members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }

        return null;
    }

    private static (JsonBody? Body, BodyFault? Fault) Parse(ReadOnlyMemory<byte> bytes)
    {
        // The parser looks at neither: broken UTF-8, and an escaped half of a pair, would show only when the text is
        // read.
        if (!Utf8.IsValid(bytes.Span))
        {
            return (null, BodyFault.NotJson);
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            var root = document.RootElement;
            if (bytes.Span.Contains((byte)'\\'))
            {
                ReadTexts(root);
            }

            return root.ValueKind is JsonValueKind.Object
                ? (new JsonBody(Members(root)), null)
                : (null, BodyFault.NotAnObject);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return (null, BodyFault.NotJson);
        }
    }

    private static Member[] Members(JsonElement root)
    {
        var members = new Member[root.GetPropertyCount()];
        var count = 0;
        foreach (var member in root.EnumerateObject())
        {
            var kind = member.Value.ValueKind;
            members[count++] = new(member.Name, kind, kind is JsonValueKind.String ? member.Value.GetString() : null);
        }

        return members;
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

    /// <summary>A member, with its text if it is one.</summary>
    private readonly record struct Member(string Name, JsonValueKind Kind, string? Text)
    {
        public override string ToString() => Name;
    }
}
