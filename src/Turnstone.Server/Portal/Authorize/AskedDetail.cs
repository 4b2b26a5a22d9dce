using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>One thing that a client wants to do in particular, as a person reads it.</summary>
/// <param name="Meaning">What its type allows, in the reader's language.</param>
/// <param name="Members">What else it says, each with its name in words.</param>
public sealed record AskedDetail(string Meaning, IReadOnlyList<(string Name, string Value)> Members)
{
    // Those that every type may have (RFC 9396 §2.2). Only these are looked up: other names are the client's.
    private static readonly string[] Common = ["actions", "locations", "datatypes", "identifier", "privileges"];

    public static IReadOnlyList<AskedDetail> Of(
        AuthorizationDetails details,
        Apis apis,
        IStringLocalizer<AuthorizeWords> words
    )
    {
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(words);
        return [.. details.All.Select(detail => Of(detail, apis.OwnerOfDetail(detail.Type)?.Type, words))];
    }

    private static AskedDetail Of(
        AuthorizationDetail detail,
        ApiDetailType? type,
        IStringLocalizer<AuthorizeWords> words
    ) =>
        new(
            type?.Meanings.GetValueOrDefault(CultureInfo.CurrentUICulture.Name) ?? detail.Type,
            [
                .. detail
                    .Json.EnumerateObject()
                    .Where(member => member.Name is not "type")
                    .SelectMany(member => MembersOf(NameOf(member.Name, words), member.Value, words)),
            ]
        );

    private static string NameOf(string name, IStringLocalizer<AuthorizeWords> words) =>
        Common.Contains(name) ? words[$"Detail_{name}"] : DetailText.Name(name, first: true);

    /// <summary>What is in an object or a list stands each by itself, behind the name of what it is in.</summary>
    private static IEnumerable<(string Name, string Value)> MembersOf(
        string name,
        JsonElement value,
        IStringLocalizer<AuthorizeWords> words
    ) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when value.GetPropertyCount() > 0 => value
                .EnumerateObject()
                .SelectMany(one => MembersOf($"{name} › {DetailText.Name(one.Name, first: false)}", one.Value, words)),
            JsonValueKind.Array when value.EnumerateArray().Any(IsMany) => value
                .EnumerateArray()
                .SelectMany(
                    (one, i) => MembersOf(string.Create(CultureInfo.InvariantCulture, $"{name} › {i + 1}"), one, words)
                ),
            JsonValueKind.Array when value.GetArrayLength() > 0 =>
            [
                (name, string.Join(", ", value.EnumerateArray().Select(one => TextOf(one, words)))),
            ],
            _ => [(name, TextOf(value, words))],
        };

    private static string TextOf(JsonElement value, IStringLocalizer<AuthorizeWords> words) =>
        value.ValueKind switch
        {
            JsonValueKind.String when value.GetString() is { Length: > 0 } text => DetailText.Value(text),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => words["DetailYes"],
            JsonValueKind.False => words["DetailNo"],
            _ => words["DetailNothing"],
        };

    private static bool IsMany(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
}
