using System.Text.Json;
using System.Text.RegularExpressions;

namespace Turnstone.Client;

/// <summary>One call of a contract, with <c>{places}</c> for credentials and tokens.</summary>
internal sealed partial record Call(
    HttpMethod Method,
    string Path,
    IReadOnlyDictionary<string, string> Members,
    IReadOnlyList<string> Needs,
    bool Once
)
{
    public static Call Read(JsonElement data) =>
        new(
            new HttpMethod(data.GetProperty("method").GetString()!),
            data.GetProperty("path").GetString()!,
            Texts(data, "members"),
            data.TryGetProperty("needs", out var needs)
                ? [.. needs.EnumerateArray().Select(need => need.GetString()!)]
                : [],
            data.TryGetProperty("once", out var once) && once.GetBoolean()
        );

    public static Dictionary<string, string> Texts(JsonElement data, string name) =>
        data.TryGetProperty(name, out var texts)
            ? texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!)
            : [];

    /// <summary>The path with its values; they are escaped, so none can change where the request goes.</summary>
    public string PathWith(IReadOnlyDictionary<string, string> values) =>
        Place().Replace(Path, place => Uri.EscapeDataString(values.GetValueOrDefault(place.Groups[1].Value, "")));

    /// <summary>Names with their values; what has no value is left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Fill(
        IReadOnlyDictionary<string, string> templates,
        IReadOnlyDictionary<string, string> values
    )
    {
        foreach (var (name, template) in templates)
        {
            var place = Place().Match(template);
            if (!place.Success)
            {
                yield return new(name, template);
            }
            else if (values.TryGetValue(place.Groups[1].Value, out var value))
            {
                yield return new(name, value);
            }
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
