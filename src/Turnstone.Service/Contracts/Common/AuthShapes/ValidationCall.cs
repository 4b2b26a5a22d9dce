using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>
/// A validation: from memory, and of a token of any contract. It counts against no limit: it is cheap, and a backend
/// that hands on what its users send must not be shut out by the one among them who sends rubbish.
/// </summary>
internal static class ValidationCall
{
    private const string InvalidToken = "invalid_token";

    public static IResult Answer(HttpRequest request, AccessTokenReader reader, ValidatedToken validated)
    {
        var token = RequestFacts.AccessToken(request, bare: true);
        if (token.IsEmpty)
        {
            return Malformed.Answer(
                new InputFault(
                    "header",
                    "authorization",
                    "Send one access token as Authorization: Bearer, followed by the token.",
                    "value_error.missing"
                )
            );
        }

        var reading = reader.Read(token);
        return reading.Good(out var claims) ? Good(claims, validated) : Refused(reading.Fault!.Value);
    }

    private static JsonAnswer Good(AccessTokenClaims claims, ValidatedToken validated) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("message", "ok");
                validated.Write(json, claims);
                json.WriteEndObject();
            }
        );

    // RFC 6750 §3.1 has one word for all of these; ours tell the one that a refresh helps against from the others.
    private static JsonAnswer Refused(AccessTokenFault fault) =>
        fault switch
        {
            AccessTokenFault.Expired => AuthErrors.Unauthorized(
                "token_expired",
                "The access token has expired. Refresh it.",
                InvalidToken
            ),
            AccessTokenFault.Revoked => AuthErrors.Unauthorized(
                "token_revoked",
                "The access token was revoked. Log in again.",
                InvalidToken
            ),
            AccessTokenFault.NotYetValid => AuthErrors.Unauthorized(
                "token_not_yet_valid",
                "The access token is not valid yet. Check the clock.",
                InvalidToken
            ),
            AccessTokenFault.Bound => AuthErrors.Unauthorized(
                InvalidToken,
                BearerChallenge.Describe(fault),
                InvalidToken
            ),
            _ => AuthErrors.Unauthorized(
                InvalidToken,
                "The access token is not valid. Send the last one you were given, or log in again.",
                InvalidToken
            ),
        };
}
