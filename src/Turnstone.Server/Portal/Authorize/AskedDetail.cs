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
                    .Select(member => (member.Name, TextOf(member.Value))),
            ]
        );

    private static string TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(IsText)
            ? string.Join(", ", value.EnumerateArray().Select(one => one.GetString()))
        : IsText(value) ? value.GetString()!
        : value.GetRawText();

    private static bool IsText(JsonElement value) => value.ValueKind is JsonValueKind.String;
}
