namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>The answers of these contracts as their OpenAPI documents show them.</summary>
internal static class AuthExamples
{
    private const string TokenSetExample = $$$"""
        {
          "authorization": {
            "token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6I…", "type": "Bearer", "expires_in": 43200,
            "expires_at": "2026-06-10T17:08:48", "not_before": 1781068128, "note": "{{{TokenSet.AuthorizationNote}}}"
          },
          "refresh": {
            "token": "tsr_…", "expires_in": 1209600,
            "expires_at": "2026-06-24T05:08:48", "note": "{{{TokenSet.RefreshNote}}}"
          }
        }
        """;

    public static Described TokenSetAnswer(this Described call, int status) =>
        call.Answers(status, "The token set. Times are UTC.", Described.Json, [], ("token-set", TokenSetExample));

    public static Described OkAnswer(this Described call) =>
        call.Answers(
            200,
            "The access token is valid. With the setting ValidationAnswers=Full the answer says whose it is, "
                + "and the product of the subscription that it was opened with.",
            Described.Json,
            [],
            ("ok", """{"message":"ok"}"""),
            ("ok-full", $$"""{"message":"ok",{{ValidatedToken.Example(AuthFamily.Name)}}}""")
        );

    /// <summary>A grant that is no good; the header Error-Code tells which of the reasons it was.</summary>
    public static Described BadGrantAnswer(this Described call, params string[] codes) =>
        call.Answers(
            400,
            "The code or token is not valid.",
            Described.Json,
            ["Error-Code", "Retry-After"],
            [
                .. codes.Select(code =>
                    (
                        code,
                        $$$"""
                        {
                          "detail": {
                            "message": "Invalid token.",
                            "error": "{{{(
                            code is "refresh_too_early" or "idempotency_key_reused" ? code : "invalid_grant"
                        )}}}",
                            "error_description": "…"
                          }
                        }
                        """
                    )
                ),
            ]
        );

    public static Described UnauthorizedAnswer(this Described call, params string[] codes) =>
        call.Answers(
            401,
            "Authentication failed.",
            Described.Json,
            ["Error-Code", "WWW-Authenticate"],
            [
                .. codes.Select(code =>
                    (
                        code,
                        code == "invalid_subscription"
                            ? """{"statusCode":401,"message":"…"}"""
                            : """{"message":"…","statusCode":401}"""
                    )
                ),
            ]
        );

    public static Described MalformedAnswer(this Described call, string place, string name) =>
        call.Answers(
            422,
            "Missing or malformed input; nothing was consumed.",
            Described.Json,
            ["Error-Code"],
            (
                "malformed_request",
                $$"""{"detail":[{"loc":["{{place}}","{{name}}"],"msg":"…","type":"value_error.missing"}]}"""
            )
        );

    public static Described BusyAnswers(this Described call) =>
        call.Answers(
                429,
                "Too many attempts: wait.",
                Described.Json,
                ["Error-Code", "Retry-After"],
                ("too_many_attempts", """{"message":"…","statusCode":429}""")
            )
            .AwayAnswer();

    public static Described AwayAnswer(this Described call) =>
        call.Answers(
            503,
            "Nothing was changed, unless the message says that this is not known: repeat the same request.",
            Described.Json,
            ["Error-Code", "Retry-After"],
            ("unavailable", """{"message":"…","statusCode":503}""")
        );
}
