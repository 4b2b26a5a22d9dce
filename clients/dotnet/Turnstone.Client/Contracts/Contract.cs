using System.Text.Json;

namespace Turnstone.Client;

/// <summary>A token contract as data: its paths, the names of its members, when it may be refreshed.</summary>
public sealed class Contract
{
    private static readonly JsonElement Known = Embedded();

    private Contract(string name, JsonElement data)
    {
        Name = name;
        Form = data.GetProperty("body").GetString() == "form";
        RefreshesEarly = data.GetProperty("early").GetBoolean();
        AccessSeconds = data.GetProperty("accessSeconds").GetInt32();
        Headers = Call.Texts(data, "headers");
        Defaults = Call.Texts(data, "defaults");
        SignIns = [.. data.GetProperty("signIns").EnumerateArray().Select(Call.Read)];
        Refresh = Call.Read(data.GetProperty("refresh"));
        Answer = Call.Texts(data, "answer");
        EndedStatuses = [.. data.GetProperty("endedStatuses").EnumerateArray().Select(status => status.GetInt32())];
    }

    /// <summary>Codes from the portal.</summary>
    public static Contract AuthV1 => Named("/auth/v1");

    /// <summary>Email, password and subscription key.</summary>
    public static Contract AuthV2 => Named("/auth/v2");

    /// <summary>Clients with a code of <c>/v1/oauth/authorize</c>.</summary>
    public static Contract OAuthV1 => Named("/v1/oauth");

    /// <summary>API keys; refreshed after the access token has expired and not before.</summary>
    public static Contract SessionV3 => Named("/v3");

    /// <summary>OAuth 2.1.</summary>
    public static Contract OAuth2 => Named("/oauth2");

    /// <summary>Its name; a stored session remembers it.</summary>
    public string Name { get; }

    /// <summary>Whether it may be refreshed before the access token has expired.</summary>
    public bool RefreshesEarly { get; }

    internal bool Form { get; }

    internal int AccessSeconds { get; }

    internal IReadOnlyDictionary<string, string> Headers { get; }

    internal IReadOnlyDictionary<string, string> Defaults { get; }

    internal IReadOnlyList<Call> SignIns { get; }

    internal Call Refresh { get; }

    internal IReadOnlyDictionary<string, string> Answer { get; }

    internal IReadOnlyList<int> EndedStatuses { get; }

    /// <summary>One of the contracts of <c>contracts.json</c>, by its path.</summary>
    public static Contract Named(string name) =>
        Known.GetProperty("contracts").TryGetProperty(name, out var data)
            ? new Contract(name, data)
            : throw new ArgumentException($"There is no contract {name}.", nameof(name));

    /// <summary>A contract of one's own, in the form of an entry of <c>contracts.json</c>.</summary>
    public static Contract FromJson(string name, string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Contract(name, document.RootElement);
    }

    internal static bool IsCode(string kind, string? code) =>
        code is not null
        && Known.GetProperty("codes").GetProperty(kind).EnumerateArray().Any(one => one.GetString() == code);

    internal static string Words(string key) => Known.GetProperty("words").GetProperty(key).GetString()!;

    private static JsonElement Embedded()
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream("contracts.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
