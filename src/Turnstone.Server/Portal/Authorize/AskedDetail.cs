using System.Globalization;
using System.Text.Json;
using Turnstone.Directory;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>One thing that a client wants to do in particular, as a person reads it.</summary>
/// <param name="Meaning">What its type allows, in the reader's language.</param>
/// <param name="Members">What else it says, each with its name.</param>
public sealed record AskedDetail(string Meaning, IReadOnlyList<(string Name, string Value)> Members)
{
    // What lies deeper is shown as it was sent.
    private const int Deepest = 2;

    public static IReadOnlyList<AskedDetail> Of(AuthorizationDetails details, Apis apis)
    {
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(apis);
        return [.. details.All.Select(detail => Of(detail, apis.OwnerOfDetail(detail.Type)?.Type))];
    }

    private static AskedDetail Of(AuthorizationDetail detail, ApiDetailType? type) =>
        new(
            type?.Meanings.GetValueOrDefault(CultureInfo.CurrentUICulture.Name) ?? detail.Type,
            [
                .. detail
                    .Json.EnumerateObject()
                    .Where(member => member.Name is not "type")
                    .SelectMany(member => MembersOf(member.Name, member.Value, Deepest)),
            ]
        );

    /// <summary>An object's members stand each by itself, behind the object's name.</summary>
    private static IEnumerable<(string Name, string Value)> MembersOf(string name, JsonElement value, int deepest) =>
        deepest > 0 && value.ValueKind is JsonValueKind.Object && value.EnumerateObject().Any()
            ? value
                .EnumerateObject()
                .SelectMany(member => MembersOf($"{name} › {member.Name}", member.Value, deepest - 1))
            : [(name, TextOf(value))];

    private static string TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(IsText)
            ? string.Join(", ", value.EnumerateArray().Select(one => one.GetString()))
        : IsText(value) ? value.GetString()!
        : value.GetRawText();

    private static bool IsText(JsonElement value) => value.ValueKind is JsonValueKind.String;
}
