using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>
/// The two shapes of a refusal: <c>{"detail":{…}}</c> for a grant that is no good (400),
/// <c>{"message","statusCode"}</c> for the rest. The second has no member for a code, so the code of every error stands
/// in the header <c>Error-Code</c>, and for a 401 in the challenge as well.
/// </summary>
internal static class AuthErrors
{
    private const string InvalidGrant = "invalid_grant";

    public static JsonAnswer Refused(Refusal refusal) =>
        refusal.Code switch
        {
            RefusalCode.InvalidCredentials or RefusalCode.InvalidClient => Unauthorized(
                CodeOf(refusal),
                Prose(refusal)
            ),
            RefusalCode.InvalidSubscription => WithoutSubscription(refusal),
            RefusalCode.TooManyAttempts or RefusalCode.UseRefreshInstead => Plain(
                StatusCodes.Status429TooManyRequests,
                refusal
            ),
            RefusalCode.Unavailable => Plain(StatusCodes.Status503ServiceUnavailable, refusal),
            RefusalCode.InvalidGrant
            or RefusalCode.SessionRevoked
            or RefusalCode.SessionExpired
            or RefusalCode.TokenReused => BadGrant(refusal, InvalidGrant),
            _ => BadGrant(refusal, CodeOf(refusal)),
        };

    /// <summary>A 401 with its challenge (RFC 9110 §11.6.1, RFC 6750 §3).</summary>
    /// <param name="code">The stable code.</param>
    /// <param name="message">What is wrong and what to do: our own words, without a quote or backslash.</param>
    /// <param name="error">The challenge's error where a standard has a word of its own for it.</param>
    public static JsonAnswer Unauthorized(string code, string message, string? error = null) =>
        new(StatusCodes.Status401Unauthorized, json => WriteMessage(json, message, StatusCodes.Status401Unauthorized))
        {
            ErrorCode = code,
            Challenge = $"Bearer error=\"{error ?? code}\", error_description=\"{message}\"",
        };

    /// <summary>A path or a method that the contract does not have.</summary>
    public static JsonAnswer Misdirected(int status, string message) =>
        new(status, json => WriteMessage(json, message, status))
        {
            ErrorCode = status is StatusCodes.Status405MethodNotAllowed ? "method_not_allowed" : "not_found",
        };

    // This one answer has its members the other way round in the contract.
    private static JsonAnswer WithoutSubscription(Refusal refusal) =>
        new(
            StatusCodes.Status401Unauthorized,
            json =>
            {
                json.WriteStartObject();
                json.WriteNumber("statusCode", StatusCodes.Status401Unauthorized);
                json.WriteString("message", Prose(refusal));
                json.WriteEndObject();
            }
        )
        {
            ErrorCode = CodeOf(refusal),
            Challenge = $"SubscriptionKey error=\"{CodeOf(refusal)}\", error_description=\"{Prose(refusal)}\"",
        };

    private static JsonAnswer Plain(int status, Refusal refusal) =>
        new(status, json => WriteMessage(json, Prose(refusal), status))
        {
            ErrorCode = CodeOf(refusal),
            RetryAfter = refusal.RetryAfterSeconds ?? 1,
        };

    private static JsonAnswer BadGrant(Refusal refusal, string error) =>
        new(
            StatusCodes.Status400BadRequest,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("detail");
                json.WriteString("message", "Invalid token.");
                json.WriteString("error", error);
                json.WriteString("error_description", Prose(refusal));
                json.WriteEndObject();
                json.WriteEndObject();
            }
        )
        {
            ErrorCode = CodeOf(refusal),
            RetryAfter = refusal.RetryAfterSeconds,
        };

    private static void WriteMessage(Utf8JsonWriter json, string message, int status)
    {
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteNumber("statusCode", status);
        json.WriteEndObject();
    }

    private static string CodeOf(Refusal refusal) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Code.ToString());

    private static string Prose(Refusal refusal) => $"{refusal.Reason} {refusal.NextStep}";
}
