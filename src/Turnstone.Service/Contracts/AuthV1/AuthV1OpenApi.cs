using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary>What the OpenAPI document <c>auth-v1</c> says of this contract.</summary>
public static class AuthV1OpenApi
{
    public const string Document = "auth-v1";

    internal static void DescribeToken(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "token",
            "Exchange a one-time code.",
            call =>
                call.Query("code", "The code, which works once and for a short time.", required: true)
                    .TokenSetAnswer(StatusCodes.Status200OK)
                    .BadGrantAnswer("invalid_grant")
                    .MalformedAnswer("query", "code")
                    .BusyAnswers()
        );

    internal static void DescribeRefresh(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "refresh-token",
            "Get the next token set.",
            call =>
                call.Header("Idempotency-Key", "Makes a refresh safe to repeat: the same key gets the same answer.")
                    .Takes(Described.Json, ["refresh_token"], ("refresh", """{"refresh_token":"tsr_…"}"""))
                    .TokenSetAnswer(StatusCodes.Status201Created)
                    .BadGrantAnswer(
                        "invalid_grant",
                        "session_revoked",
                        "session_expired",
                        "token_reused",
                        "refresh_too_early",
                        "idempotency_key_reused"
                    )
                    .MalformedAnswer("body", "refresh_token")
                    .BusyAnswers()
        );

    internal static void DescribeValidate(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "validate-token",
            "Validate an access token.",
            call =>
                call.Header("Authorization", "Bearer and the access token, or the access token alone.", required: true)
                    .OkAnswer()
                    .UnauthorizedAnswer("invalid_token", "token_expired", "token_revoked", "token_not_yet_valid")
                    .MalformedAnswer("header", "authorization")
                    .AwayAnswer()
        );
}
