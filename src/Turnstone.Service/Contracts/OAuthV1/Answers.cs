using System.Text.Json;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>The shapes of this contract.</summary>
internal static class Answers
{
    private const string TokenType = "bearer";

    public static JsonAnswer Tokens(Issued issued) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", issued.AccessToken);
                json.WriteString("token_type", TokenType);
                json.WriteNumber("expires_in", issued.AccessSecondsLeft);
                if (issued.RefreshToken is not null)
                {
                    json.WriteString("refresh_token", issued.RefreshToken);
                }

                if (issued.Email is not null)
                {
                    json.WriteString("email", issued.Email);
                }

                json.WriteEndObject();
            }
        );

    public static JsonAnswer Valid(string accessToken, long secondsLeft, Action<Utf8JsonWriter> more) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", accessToken);
                json.WriteString("token_type", TokenType);
                json.WriteNumber("expires_in", secondsLeft);
                more(json);
                json.WriteEndObject();
            }
        );

    /// <summary>
    /// One body for every fault, as the contract has it; what is wrong with the token is in the challenge.
    /// </summary>
    public static JsonAnswer NotValid(AccessTokenFault fault) =>
        OAuthError.Of(
            StatusCodes.Status401Unauthorized,
            OAuthError.InvalidRequest,
            "missing/invalid parameters authorization header",
            challenge: BearerChallenge.For(fault)
        );

    public static IResult Refused(Refusal refusal) =>
        refusal.Code is RefusalCode.TooManyAttempts or RefusalCode.UseRefreshInstead
            ? new JsonAnswer(
                StatusCodes.Status429TooManyRequests,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("message", "auth.request_limit_exceeded");
                    json.WriteEndObject();
                }
            )
            {
                RetryAfter = refusal.RetryAfterSeconds,
            }
            : OAuthError.Of(refusal);

    public static IResult Misdirected(int status, string sentence) =>
        OAuthError.Of(status, OAuthError.InvalidRequest, sentence);
}
