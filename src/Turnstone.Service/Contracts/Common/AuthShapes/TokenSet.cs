using System.Globalization;
using System.Text.Json;
using Turnstone.Grants;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>
/// The token set: what every grant of these contracts answers, member by member in the order that the contract shows.
/// </summary>
internal static class TokenSet
{
    public const string AuthorizationNote = "Send this token as the Bearer token of each API call until it expires.";
    public const string RefreshNote =
        "Keep this token safe: it gets the next pair and then ends, so always keep the last refresh token you were "
        + "given.";

    public static IResult Answer(int status, Issued issued) => new JsonAnswer(status, json => Write(json, issued));

    /// <summary>The same token set as a text of several lines, for the page that shows it.</summary>
    public static string Text(Issued issued) => JsonAnswer.Text(json => Write(json, issued));

    private static void Write(Utf8JsonWriter json, Issued issued)
    {
        json.WriteStartObject();
        json.WriteStartObject("authorization");
        json.WriteString("token", issued.AccessToken);
        json.WriteString("type", "Bearer");
        WriteEnd(json, issued.AccessSecondsLeft, issued.Session.AccessExpiresAt);
        json.WriteNumber("not_before", issued.Session.AdvancedAt.ToUnixTimeSeconds());
        json.WriteString("note", AuthorizationNote);
        json.WriteEndObject();
        if (issued.RefreshToken is { } refreshToken)
        {
            json.WriteStartObject("refresh");
            json.WriteString("token", refreshToken);
            WriteEnd(json, issued.RefreshSecondsLeft, issued.Session.RefreshExpiresAt);
            json.WriteString("note", RefreshNote);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // UTC without a zone and in whole seconds: that is how the contract writes it, however much a zone would help.
    private static void WriteEnd(Utf8JsonWriter json, long secondsLeft, DateTimeOffset end)
    {
        json.WriteNumber("expires_in", secondsLeft);
        json.WriteString("expires_at", end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
    }
}
