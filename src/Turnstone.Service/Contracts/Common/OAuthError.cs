using System.Text.Json;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// The error shape of RFC 6749 §5.2, which two contracts speak; each of them maps its statuses and codes itself where
/// it differs.
/// </summary>
internal static class OAuthError
{
    public const string InvalidRequest = "invalid_request";

    /// <summary>
    /// RFC 9110 §15.5.2: no 401 without a challenge; the way to prove a client is Basic (RFC 6749 §2.3.1).
    /// </summary>
    private const string BasicChallenge = "Basic realm=\"turnstone\", charset=\"UTF-8\"";

    public static JsonAnswer Of(
        int status,
        string error,
        string description,
        int? retryAfter = null,
        string? challenge = null,
        string? code = null,
        bool invalid = false
    ) =>
        new(
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error);
                json.WriteString("error_description", description);
                json.WriteEndObject();
            }
        )
        {
            RetryAfter = retryAfter,
            Challenge = challenge,
            ErrorCode = code,
            Invalid = invalid,
        };

    /// <summary>An error as the OpenAPI documents show it.</summary>
    public static (string Name, string Example) Example(string error) =>
        (error, $$"""{"error":"{{error}}","error_description":"…"}""");

    /// <summary>The answers that have to wait, in the OpenAPI documents.</summary>
    public static Described Waits(this Described call) =>
        call.Answers(
                StatusCodes.Status429TooManyRequests,
                "Too many requests.",
                Described.Json,
                ["Retry-After"],
                Example("temporarily_unavailable")
            )
            .Answers(
                StatusCodes.Status503ServiceUnavailable,
                "The service is unavailable.",
                Described.Json,
                ["Retry-After"],
                Example("temporarily_unavailable")
            );

    public static JsonAnswer Malformed(string description) =>
        Of(StatusCodes.Status400BadRequest, InvalidRequest, description, invalid: true);

    public static JsonAnswer Of(BodyFault? fault, string mediaTypes) =>
        fault switch
        {
            BodyFault.UnsupportedMediaType => Of(
                StatusCodes.Status415UnsupportedMediaType,
                InvalidRequest,
                $"The body must be {mediaTypes}, in UTF-8."
            ),
            BodyFault.TooLarge => Of(
                StatusCodes.Status413PayloadTooLarge,
                InvalidRequest,
                "The body is larger than 16 KiB. Send only the parameters of the request."
            ),
            _ => Malformed($"The body cannot be read. Send {mediaTypes}, in UTF-8, with no parameter twice."),
        };

    public static JsonAnswer Of(ClientCredentialsFault fault) =>
        fault is ClientCredentialsFault.Ambiguous
            ? Malformed("The client came in more than one way. Send its secret by HTTP Basic or in the body, not both.")
            : Of(
                StatusCodes.Status401Unauthorized,
                "invalid_client",
                "The Basic header cannot be read. Form-encode id and secret, join them by a colon, "
                    + "and encode that as base64.",
                challenge: BasicChallenge
            );

    /// <summary>The answer to a <c>grant_type</c> that the contract does not have.</summary>
    /// <param name="sent">What was sent; null when nothing was.</param>
    /// <param name="grants">Those there are.</param>
    public static JsonAnswer UnsupportedGrantType(string? sent, GrantTypes grants) =>
        sent is null
            ? Malformed($"The parameter grant_type is missing. Send {OneOf(grants)}.")
            : Of(StatusCodes.Status400BadRequest, "unsupported_grant_type", $"Send {OneOf(grants)} as grant_type.");

    /// <summary>The grants there are, as a sentence has them.</summary>
    public static string OneOf(GrantTypes grants)
    {
        string[] names = [.. grants.Names];
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    public static JsonAnswer Of(Refusal refusal)
    {
        if (refusal.Code is RefusalCode.InvalidRequest)
        {
            return Malformed(refusal.Reason);
        }

        var (status, error) = Names(refusal.Code);
        var challenge = status is StatusCodes.Status401Unauthorized ? BasicChallenge : null;

        // invalid_grant is one word for many reasons; the header tells a program which.
        return Of(
            status,
            error,
            $"{refusal.Reason} {refusal.NextStep}",
            refusal.RetryAfterSeconds,
            challenge,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Code.ToString())
        );
    }

    private static (int Status, string Error) Names(RefusalCode code) =>
        code switch
        {
            RefusalCode.InvalidClient => (StatusCodes.Status401Unauthorized, "invalid_client"),
            RefusalCode.UnauthorizedClient => (StatusCodes.Status400BadRequest, "unauthorized_client"),
            RefusalCode.AuthorizationPending => (StatusCodes.Status400BadRequest, "authorization_pending"),
            RefusalCode.SlowDown => (StatusCodes.Status400BadRequest, "slow_down"),
            RefusalCode.AccessDenied => (StatusCodes.Status400BadRequest, "access_denied"),
            RefusalCode.ExpiredToken => (StatusCodes.Status400BadRequest, "expired_token"),
            RefusalCode.InvalidDpopProof => (StatusCodes.Status400BadRequest, "invalid_dpop_proof"),
            RefusalCode.UseDpopNonce => (StatusCodes.Status400BadRequest, "use_dpop_nonce"),
            RefusalCode.InvalidScope => (StatusCodes.Status400BadRequest, "invalid_scope"),
            RefusalCode.InvalidTarget => (StatusCodes.Status400BadRequest, "invalid_target"),
            RefusalCode.InvalidAuthorizationDetails => (
                StatusCodes.Status400BadRequest,
                "invalid_authorization_details"
            ),

            // RFC 8693 §2.2.2 says so, and not invalid_grant.
            RefusalCode.InvalidSubjectToken => (StatusCodes.Status400BadRequest, InvalidRequest),

            // Not invalid_grant: at that a client throws its refresh token away, and this one is still good.
            RefusalCode.IdempotencyKeyReused => (StatusCodes.Status400BadRequest, "idempotency_key_reused"),
            RefusalCode.RefreshTooEarly => (StatusCodes.Status400BadRequest, "refresh_too_early"),
            RefusalCode.TooManyAttempts or RefusalCode.UseRefreshInstead => (
                StatusCodes.Status429TooManyRequests,
                "temporarily_unavailable"
            ),
            RefusalCode.Unavailable => (StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable"),
            _ => (StatusCodes.Status400BadRequest, "invalid_grant"),
        };
}
