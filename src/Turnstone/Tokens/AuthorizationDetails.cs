using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Turnstone.Tokens;

/// <summary>One thing that a client wants to do.</summary>
/// <param name="Type">Its type, which an API has registered.</param>
/// <param name="Json">All its members.</param>
public sealed record AuthorizationDetail(string Type, JsonElement Json)
{
    /// <summary>
    /// Whether this says no more than what was granted: the same members, of lists fewer elements, all else the same.
    /// </summary>
    public bool Within(AuthorizationDetail granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        return Json.GetPropertyCount() == granted.Json.GetPropertyCount()
            && Json.EnumerateObject()
                .All(member => granted.Json.TryGetProperty(member.Name, out var value) && Within(member.Value, value));
    }

    private static bool Within(JsonElement asked, JsonElement granted) =>
        asked.ValueKind is JsonValueKind.Array && granted.ValueKind is JsonValueKind.Array
            ? (asked.GetArrayLength() > 0 || granted.GetArrayLength() == 0)
                && asked
                    .EnumerateArray()
                    .All(one => granted.EnumerateArray().Any(other => JsonElement.DeepEquals(one, other)))
            : JsonElement.DeepEquals(asked, granted);
}

/// <summary>What a client wants to do in particular (RFC 9396 §2).</summary>
public sealed class AuthorizationDetails
{
    /// <summary>The longest text, as it is sent and as it stands in a token.</summary>
    public const int LongestText = 2_000;

    public const int Most = 10;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 6 };

    private readonly string text;

    private AuthorizationDetails(IReadOnlyList<AuthorizationDetail> all, string text) => (All, this.text) = (all, text);

    public static AuthorizationDetails None { get; } = new([], "[]");

    public IReadOnlyList<AuthorizationDetail> All { get; }

    public bool IsEmpty => All.Count == 0;

    /// <summary>False for everything but a list of objects that each have a type.</summary>
    public static bool TryRead(string? sent, [NotNullWhen(true)] out AuthorizationDetails? details)
    {
        details = null;
        if (sent is not { Length: <= LongestText })
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(sent, Options);
            return TryRead(document.RootElement, out details);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The same of JSON that was read.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out AuthorizationDetails? details)
    {
        details = null;
        if (json.ValueKind is not JsonValueKind.Array || json.GetArrayLength() is 0 or > Most)
        {
            return false;
        }

        var all = new List<AuthorizationDetail>();
        foreach (var one in json.EnumerateArray())
        {
            if (one.ValueKind is not JsonValueKind.Object || StrictJson.Text(one, "type"u8) is not { Length: > 0 } type)
            {
                return false;
            }

            all.Add(new(type, one.Clone()));
        }

        return TryWrite(all, out var text) && (details = new(all, text)) is not null;
    }

    /// <summary>Those that are so.</summary>
    public AuthorizationDetails Where(Func<AuthorizationDetail, bool> wanted)
    {
        var some = All.Where(wanted).ToList();
        return some.Count == All.Count ? this
            : some.Count == 0 ? None
            : TryWrite(some, out var fewer) ? new(some, fewer)
            : throw new InvalidOperationException("Fewer of what was written cannot be longer.");
    }

    /// <summary>Whether each says no more than one that was granted.</summary>
    public bool Within(AuthorizationDetails granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        return All.All(one => granted.All.Any(one.Within));
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray();
        foreach (var one in All)
        {
            one.Json.WriteTo(json);
        }

        json.WriteEndArray();
    }

    /// <summary>As JSON without white space.</summary>
    public override string ToString() => text;

    private static bool TryWrite(IReadOnlyList<AuthorizationDetail> all, out string text)
    {
        text = "";
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                new AuthorizationDetails(all, "").WriteTo(json);
            }

            text = Encoding.UTF8.GetString(buffer.WrittenSpan);
            return text.Length <= LongestText;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return false;
        }
    }
}
