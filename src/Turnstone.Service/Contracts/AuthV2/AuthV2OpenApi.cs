using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>What the OpenAPI document <c>auth-v2</c> says of this contract.</summary>
public static class AuthV2OpenApi
{
    public const string Document = "auth-v2";

    private const string NoSubscription = "invalid_subscription";

    internal static void DescribeLogin(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "login",
            "Log in with email and password.",
            call =>
                call.Subscribed()
                    .Takes(
                        Described.Json,
                        ["username", "password"],
                        ("login", """{"username":"ada@example.test","password":"…"}""")
                    )
                    .TokenSetAnswer(StatusCodes.Status201Created)
                    .UnauthorizedAnswer("invalid_credentials", NoSubscription)
                    .MalformedAnswer("body", "username")
                    .BusyAnswers()
        );

    internal static void DescribeRefresh(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "refresh",
            "Get the next token set.",
            call =>
                call.Subscribed()
                    .Header("Idempotency-Key", "Makes a refresh safe to repeat: the same key gets the same answer.")
                    .Takes(
                        Described.Json,
                        [],
                        ("token", """{"token":"tsr_…"}"""),
                        ("refresh_token", """{"refresh_token":"tsr_…"}""")
                    )
                    .TokenSetAnswer(StatusCodes.Status201Created)
                    .BadGrantAnswer(
                        "invalid_grant",
                        "session_revoked",
                        "session_expired",
                        "token_reused",
                        "refresh_too_early",
                        "idempotency_key_reused"
                    )
                    .UnauthorizedAnswer(NoSubscription)
                    .MalformedAnswer("body", "token")
                    .BusyAnswers()
        );

    internal static void DescribeValidate(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "validate",
            "Validate an access token.",
            call =>
                call.Subscribed()
                    .Header("Authorization", "Bearer and the access token, or the access token alone.", required: true)
                    .OkAnswer()
                    .UnauthorizedAnswer(
                        "invalid_token",
                        "token_expired",
                        "token_revoked",
                        "token_not_yet_valid",
                        NoSubscription
                    )
                    .MalformedAnswer("header", "authorization")
                    .BusyAnswers()
        );

    // None of the three is required by itself: one of them is.
    private static Described Subscribed(this Described call) =>
        call.Header(
                "Subscription-Key",
                "The key of an active subscription: 32 characters. Required unless it is sent in one of the two "
                    + "other places."
            )
            .Header("Ocp-Apim-Subscription-Key", "The same key, for clients that send it under this name.")
            .Query(
                "subscription-key",
                "The same key in the query. A header is better, because queries end up in logs."
            );
}
