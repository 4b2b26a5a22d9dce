using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Own;

/// <summary>What the OpenAPI document of every contract says of a holder's own sessions.</summary>
internal static class OwnOpenApi
{
    internal static void DescribeStory(this IEndpointConventionBuilder route) =>
        route.Describe(
            ApiDocument.OfEveryContract.Name,
            "own-session",
            "What became of a token and of its session.",
            call =>
                Refused(
                    call.Header("Authorization", "Bearer, with any token of the session, good or over.", required: true)
                        .Answers(
                            200,
                            "The state is live, expired, ended, over or lost.",
                            Described.Json,
                            [],
                            (
                                "ended",
                                """
                                {
                                  "state": "ended", "session": "AZ…", "contract": "…",
                                  "opened_at": 1935986889, "renewed_at": 1935990489, "refreshes": 1,
                                  "ends_at": 1938578489, "ended_at": 1935991000, "reason": "reuse",
                                  "token": "revoked", "token_description": "The access token was revoked.",
                                  "description": "…", "next_step": "…"
                                }
                                """
                            ),
                            (
                                "over",
                                """
                                {
                                  "state": "over", "session": "AZ…", "token": "expired", "token_description": "…",
                                  "description": "The session ended so long ago that its record was removed.",
                                  "next_step": "Log in again."
                                }
                                """
                            )
                        )
                )
        );

    internal static void DescribeEnd(this IEndpointConventionBuilder route) =>
        route.Describe(
            ApiDocument.OfEveryContract.Name,
            "own-session-end",
            "End the session, with its access tokens.",
            call =>
                Refused(
                    call.Header("Authorization", "Bearer, with the refresh token.", required: true)
                        .Answers(
                            200,
                            "It is ended, or was so before.",
                            Described.Json,
                            [],
                            ("ended", """{ "state": "ended", "session": "AZ…" }""")
                        )
                        .Answers(
                            403,
                            "An access token does not end a session: each API that it was sent to has it too.",
                            Described.Json,
                            [],
                            OAuthError.Example("refresh_token_required")
                        )
                )
        );

    internal static void DescribeList(this IEndpointConventionBuilder route) =>
        route.Describe(
            ApiDocument.OfEveryContract.Name,
            "own-sessions",
            "The live sessions of the same key, or of the same client for the same account; at most 100.",
            call =>
                Refused(
                    call.Header("Authorization", "Bearer, with an access token that is good.", required: true)
                        .Answers(
                            200,
                            "The newest comes first.",
                            Described.Json,
                            [],
                            (
                                "sessions",
                                """
                                {
                                  "sessions": [
                                    {
                                      "id": "AZ…", "this": true, "contract": "…", "opened_at": 1935986889,
                                      "renewed_at": 1935990489, "refreshes": 1, "ends_at": 1938578489
                                    }
                                  ]
                                }
                                """
                            )
                        )
                )
        );

    private static void Refused(Described call) =>
        call.Answers(
                401,
                "The token was not issued here, or is not good.",
                Described.Json,
                ["WWW-Authenticate"],
                OAuthError.Example("invalid_token")
            )
            .Waits();
}
