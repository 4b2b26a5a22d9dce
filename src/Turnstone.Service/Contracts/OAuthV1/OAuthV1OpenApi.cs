using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>What the OpenAPI document <c>oauth-v1</c> says of this contract.</summary>
public static class OAuthV1OpenApi
{
    public const string Document = "oauth-v1";

    private const string UserToken =
        """{"access_token":"eyJ0eXAi…","token_type":"bearer","expires_in":2592000,"refresh_token":"tsr_…"}""";
    private const string CompanyToken = """
        {
          "access_token": "eyJ0eXAi…", "token_type": "bearer", "expires_in": 2592000, "refresh_token": "tsr_…",
          "email": "ada@example.test"
        }
        """;
    private const string NotValid =
        """{"error":"invalid_request","error_description":"missing/invalid parameters authorization header"}""";

    internal static void DescribeToken(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "token",
            "Exchange a code, or refresh.",
            call =>
                Refused(
                    call.Path("token_type", "For whom the token is: a user, or the company itself.", "user", "company")
                        .Header("Idempotency-Key", "Makes a refresh safe to repeat: the same key gets the same answer.")
                        .Takes(Described.Json, ["grant_type"], Requests)
                        .Takes(Described.Form, ["grant_type"], Requests)
                        .Answers(
                            200,
                            "The tokens. Keep the new refresh token; the one that was sent is replaced.",
                            Described.Json,
                            [],
                            ("user", UserToken),
                            ("company", CompanyToken)
                        )
                        .Answers(
                            401,
                            "The client could not be authenticated.",
                            Described.Json,
                            ["WWW-Authenticate"],
                            Error("invalid_client")
                        )
                )
        );

    internal static void DescribeCreateUser(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "create-user",
            "Get a user's token with the company's token.",
            call =>
                Refused(
                    call.Header("Authorization", "Bearer and the company's access token.", required: true)
                        .Takes(
                            Described.Json,
                            ["user_input"],
                            ("request", """{"user_input":"ada@example.test","scope":"individuals.read"}""")
                        )
                        .Takes(
                            Described.Form,
                            ["user_input"],
                            ("request", """{"user_input":"ada@example.test","scope":"individuals.read"}""")
                        )
                        .Answers(200, "The user's tokens.", Described.Json, [], ("user", UserToken))
                        .Answers(
                            401,
                            "The company's token is missing or not valid.",
                            Described.Json,
                            ["WWW-Authenticate"],
                            ("not-valid", NotValid)
                        )
                )
        );

    internal static void DescribeValidate(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "validate",
            "Validate an access token.",
            call =>
                call.Header("Authorization", "Bearer and the access token.", required: true)
                    .Answers(
                        200,
                        "The token is valid. With the setting ValidationAnswers=Full the answer says whose it is, "
                            + "and the product of the subscription that it was opened with.",
                        Described.Json,
                        [],
                        ("valid", """{"access_token":"eyJ0eXAi…","token_type":"bearer","expires_in":2591940}"""),
                        (
                            "valid-full",
                            $$"""
                            {"access_token":"eyJ0eXAi…","token_type":"bearer","expires_in":2591940,{{Full}}}
                            """
                        )
                    )
                    .Answers(
                        401,
                        "The token is missing or not valid; WWW-Authenticate says which.",
                        Described.Json,
                        ["WWW-Authenticate"],
                        ("not-valid", NotValid)
                    )
                    .Answers(
                        503,
                        "The service is unavailable.",
                        Described.Json,
                        ["Retry-After"],
                        Error("temporarily_unavailable")
                    )
        );

    private static string Full => ValidatedToken.Example(OAuthV1Contract.UserFamily);

    private static (string Name, string Example)[] Requests =>
        [
            (
                "refresh",
                """
                {
                  "grant_type": "refresh_token", "refresh_token": "tsr_…", "client_id": "shop",
                  "client_secret": "tss_…"
                }
                """
            ),
            (
                "code",
                """
                {
                  "grant_type": "authorization_code", "code": "tsc_…",
                  "redirect_uri": "http://127.0.0.1:8500/callback", "client_id": "shop",
                  "client_secret": "tss_…"
                }
                """
            ),
        ];

    private static void Refused(Described call) =>
        call.Answers(400, "The request cannot be granted.", Described.Json, ["Retry-After"], [.. Errors.Select(Error)])
            .Answers(413, "The body is larger than 16 KiB.", Described.Json, [], Error("invalid_request"))
            .Answers(415, "Another media type than JSON or a form.", Described.Json, [], Error("invalid_request"))
            .Answers(
                429,
                "Too many requests.",
                Described.Json,
                ["Retry-After"],
                ("too-many", """{"message":"auth.request_limit_exceeded"}""")
            )
            .Answers(
                503,
                "Nothing was changed, unless the message says that this is not known; repeat the same request.",
                Described.Json,
                ["Retry-After"],
                Error("temporarily_unavailable")
            );

    private static readonly string[] Errors =
    [
        "invalid_request",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "refresh_too_early",
        "idempotency_key_reused",
    ];

    private static (string Name, string Example) Error(string code) =>
        (code, $$"""{"error":"{{code}}","error_description":"…"}""");
}
