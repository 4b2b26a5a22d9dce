using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// A problem document (RFC 9457) with a stable code and the trace's id. The type is a name, not an address: code and
/// catalogue say the same.
/// </summary>
internal sealed record Problem(int Status, string Code, string Title, string Detail) : ICountedAnswer
{
    public const string MediaType = "application/problem+json";

    private const string InvalidRequest = "invalid_request";

    public int? RetryAfter { get; init; }

    public string? Challenge { get; init; }

    public bool Invalid =>
        Code is InvalidRequest
        || Status
            is StatusCodes.Status404NotFound
                or StatusCodes.Status405MethodNotAllowed
                or StatusCodes.Status413PayloadTooLarge
                or StatusCodes.Status415UnsupportedMediaType;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = new JsonAnswer(
            Status,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("type", $"urn:turnstone:problem:{Code}");
                json.WriteString("title", Title);
                json.WriteNumber("status", Status);
                json.WriteString("detail", Detail);
                json.WriteString("code", Code);
                json.WriteString("traceId", RequestTrace.Of(httpContext));
                json.WriteEndObject();
            },
            MediaType
        )
        {
            RetryAfter = RetryAfter,

            // RFC 9110 §15.5.2: no 401 without a challenge.
            Challenge =
                Challenge ?? (Status is StatusCodes.Status401Unauthorized ? BearerChallenge.Of(Code, Detail) : null),
        };
        return answer.ExecuteAsync(httpContext);
    }

    public static IResult Of(Refusal refusal)
    {
        var (status, code, title) = Names(refusal.Code);
        return new Problem(status, code, title, $"{refusal.Reason} {refusal.NextStep}")
        {
            RetryAfter = refusal.RetryAfterSeconds,
        };
    }

    public static IResult Of(AccessTokenFault fault) =>
        new Problem(
            StatusCodes.Status401Unauthorized,
            fault is AccessTokenFault.Missing ? "missing_token"
                : fault is AccessTokenFault.Expired ? "token_expired"
                : "invalid_token",
            "No valid access token",
            BearerChallenge.Describe(fault)
        )
        {
            Challenge = BearerChallenge.Of("invalid_token", BearerChallenge.Describe(fault)),
        };

    /// <summary>The token is good, and is not meant for this (RFC 6750 §3.1).</summary>
    public static IResult LacksScope(string scope)
    {
        var detail =
            $"The access token does not have the scope {scope}. Log in with an API key or a subscription that has it.";
        return new Problem(StatusCodes.Status403Forbidden, "insufficient_scope", "Insufficient scope", detail)
        {
            Challenge = BearerChallenge.ForScope(scope, detail),
        };
    }

    public static IResult Of(BodyFault? fault) =>
        fault switch
        {
            BodyFault.UnsupportedMediaType => new Problem(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported_media_type",
                "Unsupported media type",
                "Send the body as application/json, in UTF-8."
            ),
            BodyFault.TooLarge => new Problem(
                StatusCodes.Status413PayloadTooLarge,
                "body_too_large",
                "Body too large",
                "The body is larger than 16 KiB. Send only the members of the request."
            ),
            BodyFault.NotAnObject => Malformed("The body must be a JSON object."),
            _ => Malformed("The body is not JSON in UTF-8, or names a member twice."),
        };

    public static IResult Of(GrantParameter member, MemberFault fault) =>
        Malformed(
            fault switch
            {
                MemberFault.Missing => $"The member {member.Name} is missing.",
                MemberFault.TooLong => $"The member {member.Name} has more than {member.Longest} characters.",
                _ => $"The member {member.Name} must be a text.",
            }
        );

    public static IResult Malformed(string detail) =>
        new Problem(StatusCodes.Status400BadRequest, InvalidRequest, "Malformed request", detail);

    public static IResult Misdirected(int status, string sentence) =>
        status is StatusCodes.Status405MethodNotAllowed
            ? new Problem(status, "method_not_allowed", "Method not allowed", sentence)
            : new Problem(status, "not_found", "Not found", sentence);

    private static (int Status, string Code, string Title) Names(RefusalCode code) =>
        code switch
        {
            RefusalCode.RefreshTooEarly => (StatusCodes.Status400BadRequest, "refresh_too_early", "Refresh too early"),
            RefusalCode.IdempotencyKeyReused => (
                StatusCodes.Status400BadRequest,
                "idempotency_key_reused",
                "Idempotency-Key reused"
            ),
            RefusalCode.UseRefreshInstead => (
                StatusCodes.Status429TooManyRequests,
                "use_refresh_instead",
                "Use refresh instead"
            ),
            RefusalCode.TooManyAttempts => (
                StatusCodes.Status429TooManyRequests,
                "too_many_requests",
                "Too many requests"
            ),
            RefusalCode.Unavailable => (StatusCodes.Status503ServiceUnavailable, "unavailable", "Unavailable"),
            RefusalCode.InvalidCredentials => (
                StatusCodes.Status401Unauthorized,
                "invalid_api_key",
                "API key not accepted"
            ),
            RefusalCode.SessionExpired => (StatusCodes.Status401Unauthorized, "session_expired", "Session expired"),
            RefusalCode.SessionRevoked => (StatusCodes.Status401Unauthorized, "session_revoked", "Session revoked"),
            RefusalCode.TokenReused => (
                StatusCodes.Status401Unauthorized,
                "refresh_token_reused",
                "Refresh token reused"
            ),
            _ => (StatusCodes.Status401Unauthorized, "invalid_refresh_token", "Refresh token not accepted"),
        };
}
