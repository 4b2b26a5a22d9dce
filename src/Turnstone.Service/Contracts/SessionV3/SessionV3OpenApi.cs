using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>What the OpenAPI document <c>session-v3</c> says of this contract.</summary>
public static class SessionV3OpenApi
{
    public const string Document = "session-v3";

    private const string PairExample = """{"access_token":"eyJ0eXAi…","refresh_token":"tsr_…"}""";

    internal static void DescribeLogin(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "login",
            "Log in with an API key.",
            call =>
                Refused(
                    call.Takes(Described.Json, ["api_key"], ("login", """{"api_key":"tsk_…"}"""))
                        .Answers(200, "The pair.", Described.Json, [], ("pair", PairExample))
                        .Answers(
                            400,
                            "Malformed.",
                            Problem.MediaType,
                            [],
                            Error(400, "invalid_request", "Malformed request")
                        )
                        .Answers(
                            401,
                            "The key is not accepted.",
                            Problem.MediaType,
                            ["WWW-Authenticate"],
                            Error(401, "invalid_api_key", "API key not accepted")
                        )
                        .Answers(
                            429,
                            "Too many logins.",
                            Problem.MediaType,
                            ["Retry-After"],
                            Error(429, "use_refresh_instead", "Use refresh instead"),
                            Error(429, "too_many_requests", "Too many requests")
                        )
                )
        );

    internal static void DescribeRefresh(this IEndpointConventionBuilder route, string id) =>
        route.Describe(
            Document,
            id,
            "Get the next pair once the access token has expired.",
            call =>
                Refused(
                    call.Header("Idempotency-Key", "Makes a refresh safe to repeat: the same key gets the same answer.")
                        .Takes(Described.Json, ["refresh_token"], ("refresh", """{"refresh_token":"tsr_…"}"""))
                        .Answers(
                            200,
                            "The next pair; the refresh token that was sent is replaced.",
                            Described.Json,
                            [],
                            ("pair", PairExample)
                        )
                        .Answers(
                            400,
                            "Malformed, too early, or with the key of another refresh. Nothing was consumed.",
                            Problem.MediaType,
                            ["Retry-After"],
                            Error(400, "invalid_request", "Malformed request"),
                            Error(400, "refresh_too_early", "Refresh too early"),
                            Error(400, "idempotency_key_reused", "Idempotency-Key reused")
                        )
                        .Answers(
                            401,
                            "Log in again.",
                            Problem.MediaType,
                            ["WWW-Authenticate"],
                            Error(401, "invalid_refresh_token", "Refresh token not accepted"),
                            Error(401, "session_expired", "Session expired"),
                            Error(401, "session_revoked", "Session revoked"),
                            Error(401, "refresh_token_reused", "Refresh token reused")
                        )
                        .Answers(
                            429,
                            "Too many requests.",
                            Problem.MediaType,
                            ["Retry-After"],
                            Error(429, "too_many_requests", "Too many requests")
                        )
                )
        );

    internal static void DescribeIndividuals(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "individuals",
            "The sample API. It takes an access token with the scope individuals.read.",
            call =>
                call.Header("Authorization", "Bearer and the access token.", required: true)
                    .Query(Individuals.Limit, "How many at most, from 1 to 100; 100 unless given.")
                    .Query(Individuals.After, "The id of the last individual of the page before.")
                    .Answers(
                        200,
                        "A page of individuals; Link names the next one while there is one (RFC 8288).",
                        Described.Json,
                        ["Link"],
                        ("individuals", """{"individuals":[{"id":"1","given_name":"Ada","family_name":"Lovelace"}]}""")
                    )
                    .Answers(
                        400,
                        "There is no such page.",
                        Problem.MediaType,
                        [],
                        Error(400, "invalid_request", "Malformed request")
                    )
                    .Answers(
                        401,
                        "There is no valid access token.",
                        Problem.MediaType,
                        ["WWW-Authenticate"],
                        Error(401, "missing_token", "No valid access token"),
                        Error(401, "token_expired", "No valid access token"),
                        Error(401, "invalid_token", "No valid access token")
                    )
                    .Answers(
                        403,
                        "The access token does not have the scope individuals.read.",
                        Problem.MediaType,
                        ["WWW-Authenticate"],
                        Error(403, "insufficient_scope", "Insufficient scope")
                    )
                    .Answers(
                        503,
                        "The service is unavailable.",
                        Problem.MediaType,
                        ["Retry-After"],
                        Error(503, "unavailable", "Unavailable")
                    )
        );

    private static void Refused(Described call) =>
        call.Answers(
                413,
                "The body is larger than 16 KiB.",
                Problem.MediaType,
                [],
                Error(413, "body_too_large", "Body too large")
            )
            .Answers(
                415,
                "Another media type than JSON.",
                Problem.MediaType,
                [],
                Error(415, "unsupported_media_type", "Unsupported media type")
            )
            .Answers(
                503,
                "Nothing was changed, unless the message says that this is not known; repeat the same request.",
                Problem.MediaType,
                ["Retry-After"],
                Error(503, "unavailable", "Unavailable")
            );

    private static (string Name, string Example) Error(int status, string code, string title) =>
        (
            code,
            $$"""
            {
              "type": "urn:turnstone:problem:{{code}}", "title": "{{title}}", "status": {{status}},
              "detail": "…", "code": "{{code}}", "traceId": "…"
            }
            """
        );
}
