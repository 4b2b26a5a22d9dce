using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Guards;

/// <summary>What the OpenAPI document of every contract says of the guard and the feed.</summary>
internal static class GuardsOpenApi
{
    private const string Ended = """
        {
          "sessions": [{ "id": "AZ…", "until": 1938578489 }],
          "holders": [{ "holder": "client", "client_id": "shop", "before": 1935986889000000, "until": 1943762889 }]
        }
        """;

    private const string Events = """
        event: ended
        data: {"sessions":[{"id":"AZ…","until":1938578489}]}

        event: current
        id: 5f1c…-1042
        data: {"as_of":1935986889000,"now":1935986889012}

        """;

    internal static void DescribeForwardAuth(this IEndpointConventionBuilder route) =>
        route.Describe(
            ApiDocument.OfEveryContract.Name,
            "forward-auth",
            "Whether the request that a proxy holds may go on to its API, and whose it is.",
            call =>
                call.Query("scope", "The scopes that the credential must have, all of them, with a space between.")
                    .Query("audience", "The identifier of the API; the server's own unless named.")
                    .Header("Authorization", "Bearer or DPoP, with an access token of any contract.")
                    .Header(DpopHeader.Name, "A proof of the key that the token is bound to (RFC 9449).")
                    .Header("X-API-Key", "An API key, without a login.")
                    .Header("Subscription-Key", "A subscription key.")
                    .Header("X-Forwarded-Method", "The method of the client's request, from a proxy that is trusted.")
                    .Header("X-Forwarded-Proto", "Its scheme.")
                    .Header("X-Forwarded-Host", "Its host.")
                    .Header("X-Forwarded-Uri", "Its path and query.")
                    .Header("X-Forwarded-For", "Whom it came from.")
                    .Answers(
                        200,
                        "It may go on. Every header is there, empty ones too; percent-encoded where it has to be.",
                        Described.Json,
                        [.. GuardedCaller.Headers]
                    )
                    .Answers(
                        400,
                        "The proxy asks wrongly; no client can help it.",
                        Described.Json,
                        [],
                        OAuthError.Example(OAuthError.InvalidRequest)
                    )
                    .Answers(
                        401,
                        "There is no credential, or one that is not good.",
                        Described.Json,
                        ["WWW-Authenticate", "DPoP-Nonce"],
                        OAuthError.Example("invalid_token"),
                        OAuthError.Example("invalid_dpop_proof"),
                        OAuthError.Example("use_dpop_nonce"),
                        OAuthError.Example(OAuthError.InvalidRequest)
                    )
                    .Answers(
                        403,
                        "A scope is missing.",
                        Described.Json,
                        ["WWW-Authenticate"],
                        OAuthError.Example("insufficient_scope")
                    )
                    .Waits()
        );

    internal static void DescribeFeed(this IEndpointConventionBuilder route) =>
        route.Describe(
            ApiDocument.OfEveryContract.Name,
            "revocations",
            "What has ended: as a stream of events that goes on, or all at once.",
            call =>
                call.Header("Authorization", "Basic, with a client that may introspect and its secret.", required: true)
                    .Header("Accept", "text/event-stream for the stream; anything else for all at once.")
                    .Header("Last-Event-ID", "The id of the last event current, to go on from there.")
                    .Header("If-None-Match", "The ETag of the copy at hand.")
                    .Answers(
                        200,
                        "What has ended.",
                        Described.Json,
                        ["ETag"],
                        ("all", $$"""{ "as_of": 1935986889000, "now": 1935986889012, "ended": [{{Ended}}] }""")
                    )
                    .Or(200, "text/event-stream", "stream", Events)
                    .Answers(304, "This node has heard nothing new.", Described.Json, [])
                    .Answers(
                        400,
                        "The client came in more than one way.",
                        Described.Json,
                        [],
                        OAuthError.Example(OAuthError.InvalidRequest)
                    )
                    .Answers(
                        401,
                        "The client could not be authenticated.",
                        Described.Json,
                        ["WWW-Authenticate"],
                        OAuthError.Example("invalid_client")
                    )
                    .Answers(
                        403,
                        "The client may not ask what tokens are good for.",
                        Described.Json,
                        [],
                        OAuthError.Example("unauthorized_client")
                    )
                    .Waits()
        );
}
