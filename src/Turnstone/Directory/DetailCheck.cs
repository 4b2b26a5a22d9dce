using System.Globalization;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Directory;

/// <summary>Whether authorization details are such as an API has registered (RFC 9396 §5).</summary>
public static class DetailCheck
{
    private const string Type = "type";
    private const string Locations = "locations";
    private const string Actions = "actions";

    /// <summary>What the text asks for; a refusal names the place of the mistake.</summary>
    public static Outcome<AuthorizationDetails> ReadDetails(this Apis apis, string? text)
    {
        ArgumentNullException.ThrowIfNull(apis);
        if (text is null)
        {
            return AuthorizationDetails.None;
        }

        if (!AuthorizationDetails.TryRead(text, out var details))
        {
            return Wrong($"send a list of 1 to {AuthorizationDetails.Most} objects that each have a type");
        }

        for (var i = 0; i < details.All.Count; i++)
        {
            if (FlawOf(apis, details.All[i]) is { } flaw)
            {
                return Wrong(string.Create(CultureInfo.InvariantCulture, $"in element {i}, {flaw}"));
            }
        }

        return details;
    }

    private static Refusal Wrong(string what) =>
        new(
            RefusalCode.InvalidAuthorizationDetails,
            "The authorization_details are not such as an API here has registered.",
            $"Correct them: {what}."
        );

    private static string? FlawOf(Apis apis, AuthorizationDetail detail)
    {
        if (apis.OwnerOfDetail(detail.Type) is not (var api, var type))
        {
            return "the type is of no API";
        }

        foreach (var member in detail.Json.EnumerateObject())
        {
            var flaw = member.Name switch
            {
                Type => null,
                Locations => AreOf(member.Value, [api.Identifier]) ? null : "locations is not the API of the type",
                Actions => AreOf(member.Value, type.Actions) ? null : "actions has some that the type does not have",
                var other => type.Members.Contains(other) ? null : "there is a member that the type does not have",
            };
            if (flaw is not null)
            {
                return flaw;
            }
        }

        return type.Actions.Count > 0 && !detail.Json.TryGetProperty(Actions, out _) ? "actions is missing" : null;
    }

    private static bool AreOf(JsonElement value, IReadOnlyList<string> known) =>
        value.ValueKind is JsonValueKind.Array
        && value.GetArrayLength() > 0
        && value
            .EnumerateArray()
            .All(one => one.ValueKind is JsonValueKind.String && known.Any(name => one.ValueEquals(name)));
}
