using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>What the OpenAPI document <c>oauth2</c> says of this contract.</summary>
public static class OAuth2OpenApi
{
    public const string Document = "oauth2";

    private const string Basic = "Basic, with the form-encoded client_id and client_secret; or send both in the body.";

    private const string Proof = "A proof of the key that the tokens are bound to (RFC 9449).";

    private static readonly string[] Errors =
    [
        "invalid_request",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",
        "authorization_pending",
        "slow_down",
        "access_denied",
        "expired_token",
        "invalid_dpop_proof",
        "use_dpop_nonce",
        "refresh_too_early",
        "idempotency_key_reused",
    ];

    internal static void DescribeToken(this IEndpointConventionBuilder route, GrantTypes grants) =>
        route.Describe(
            Document,
            "token",
            "The token endpoint (RFC 6749 §3.2).",
            call =>
                Refused(
                    call.Header("Authorization", Basic)
                        .Header(DpopHeader.Name, Proof)
                        .Header("Idempotency-Key", "Makes a refresh safe to repeat: the same key gets the same answer.")
                        .Takes(
                            Described.Form,
                            ["grant_type"],
                            (
                                "client-credentials",
                                """
                                {
                                  "grant_type": "client_credentials", "scope": "individuals.read",
                                  "client_id": "shop", "client_secret": "tss_…"
                                }
                                """
                            ),
                            (
                                "code",
                                """
                                {
                                  "grant_type": "authorization_code", "code": "tsc_…",
                                  "redirect_uri": "http://127.0.0.1:8500/callback", "code_verifier": "…",
                                  "client_id": "app"
                                }
                                """
                            ),
                            (
                                "refresh",
                                """
                                {
                                  "grant_type": "refresh_token", "refresh_token": "tsr_…", "client_id": "app"
                                }
                                """
                            ),
                            (
                                "device",
                                """
                                {
                                  "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                                  "device_code": "tsd_…", "client_id": "app"
                                }
                                """
                            ),
                            (
                                "exchange",
                                """
                                {
                                  "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                                  "subject_token": "eyJ0eXAi…",
                                  "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
                                  "client_id": "agent", "client_secret": "tss_…"
                                }
                                """
                            ),
                            (
                                "trusted",
                                """
                                {
                                  "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                  "assertion": "eyJ0eXAi…", "client_id": "shop"
                                }
                                """
                            )
                        )
                        .Declares(OAuth2Parameters.EveryGrant)
                        .Declares(OAuth2Parameters.Client)
                        .DeclaresGrants(grants)
                        .Answers(
                            200,
                            "The tokens; there is no refresh token for a client that acts for itself.",
                            Described.Json,
                            [],
                            (
                                "program",
                                """
                                {
                                  "access_token": "eyJ0eXAi…", "token_type": "Bearer", "expires_in": 3600,
                                  "scope": "individuals.read"
                                }
                                """
                            ),
                            (
                                "person",
                                """
                                {
                                  "access_token": "eyJ0eXAi…", "token_type": "Bearer", "expires_in": 3600,
                                  "refresh_token": "tsr_…", "id_token": "eyJ0eXAi…",
                                  "scope": "openid individuals.read"
                                }
                                """
                            )
                        )
                        .Answers(
                            400,
                            "The request cannot be granted.",
                            Described.Json,
                            ["Retry-After"],
                            [.. Errors.Select(Error)]
                        )
                )
        );

    internal static void DescribeRevoke(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "revoke",
            "Revoke a token (RFC 7009).",
            call =>
                Refused(
                    call.Header("Authorization", Basic)
                        .Takes(
                            Described.Form,
                            ["token"],
                            (
                                "revoke",
                                """
                                {
                                  "token": "tsr_…", "token_type_hint": "refresh_token", "client_id": "shop",
                                  "client_secret": "tss_…"
                                }
                                """
                            )
                        )
                        .Declares(OAuth2Parameters.OneToken)
                        .Declares(OAuth2Parameters.Client)
                        .Answers(200, "The token is revoked, or was not valid.", Described.Json, [])
                        .Answers(
                            400,
                            "The request is malformed, or the token is another client's.",
                            Described.Json,
                            [],
                            Error("invalid_request"),
                            Error("unauthorized_client")
                        )
                )
        );

    internal static void DescribeDeviceAuthorization(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "device_authorization",
            "Codes for a device whose user answers in a browser elsewhere (RFC 8628).",
            call =>
                Refused(
                    call.Header("Authorization", Basic)
                        .Takes(Described.Form, [], ("device", """{"client_id": "app", "scope": "individuals.read"}"""))
                        .Declares(OAuth2Parameters.DeviceRequest)
                        .Declares(OAuth2Parameters.Client)
                        .Answers(
                            200,
                            "The codes. The device shows the user code and the address, and asks the token endpoint.",
                            Described.Json,
                            [],
                            (
                                "codes",
                                """
                                {
                                  "device_code": "tsd_…", "user_code": "WDJB-MJHT",
                                  "verification_uri": "https://id.example.test/portal/device",
                                  "verification_uri_complete":
                                    "https://id.example.test/portal/device?user_code=WDJB-MJHT",
                                  "expires_in": 600, "interval": 5
                                }
                                """
                            )
                        )
                        .Answers(
                            400,
                            "The request cannot be granted.",
                            Described.Json,
                            [],
                            Error("invalid_request"),
                            Error("unauthorized_client"),
                            Error("invalid_scope"),
                            Error("invalid_target")
                        )
                )
        );

    internal static void DescribeIntrospect(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "introspect",
            "What a token is good for (RFC 7662).",
            call =>
                Refused(
                    call.Header("Authorization", Basic)
                        .Header("Accept", $"{Introspect.Signed}, for a signed answer (RFC 9701).")
                        .Takes(
                            Described.Form,
                            ["token"],
                            ("introspect", """{ "token": "eyJ0eXAi…", "client_id": "api", "client_secret": "tss_…" }""")
                        )
                        .Declares(OAuth2Parameters.OneToken)
                        .Declares(OAuth2Parameters.Client)
                        .Answers(
                            200,
                            "What it is good for; nothing but active for one that is good for nothing.",
                            Described.Json,
                            [],
                            (
                                "live",
                                """
                                {
                                  "active": true, "scope": "individuals.read", "client_id": "shop",
                                  "token_type": "Bearer", "exp": 1935990489, "iat": 1935986889, "sub": "0199…",
                                  "aud": "https://id.example.test", "iss": "https://id.example.test", "jti": "0199…"
                                }
                                """
                            ),
                            ("dead", """{ "active": false }""")
                        )
                        .Answers(
                            400,
                            "The request is malformed, or the client may not ask.",
                            Described.Json,
                            [],
                            Error("invalid_request"),
                            Error("unauthorized_client")
                        )
                )
        );

    internal static void DescribePush(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "par",
            "Send an authorization request ahead (RFC 9126).",
            call =>
                Refused(
                    call.Header("Authorization", Basic)
                        .Header(DpopHeader.Name, Proof)
                        .Takes(
                            Described.Form,
                            ["response_type"],
                            (
                                "request",
                                """
                                {
                                  "response_type": "code", "client_id": "shop", "client_secret": "tss_…",
                                  "redirect_uri": "http://127.0.0.1:8500/callback", "scope": "individuals.read",
                                  "state": "…", "code_challenge": "…", "code_challenge_method": "S256"
                                }
                                """
                            )
                        )
                        .Declares(OAuth2Parameters.Client)
                        .Answers(
                            201,
                            "Its name, for the authorization endpoint: good once, for a minute, for this client.",
                            Described.Json,
                            [],
                            ("pushed", """{ "request_uri": "urn:ietf:params:oauth:request_uri:…", "expires_in": 60 }""")
                        )
                        .Answers(
                            400,
                            "The authorization endpoint would refuse it.",
                            Described.Json,
                            [],
                            Error("invalid_request"),
                            Error("unauthorized_client"),
                            Error("unsupported_response_type"),
                            Error("invalid_scope"),
                            Error("invalid_target"),
                            Error("invalid_dpop_proof"),
                            Error("use_dpop_nonce")
                        )
                )
        );

    internal static void DescribeUserinfo(this IEndpointConventionBuilder route) =>
        route.Describe(
            Document,
            "userinfo",
            "Who the access token acts for (OpenID Connect Core §5.3).",
            call =>
                call.Header("Authorization", "Bearer or DPoP, with an access token that has the scope openid.")
                    .Header(DpopHeader.Name, "A proof of the key that the access token is bound to (RFC 9449).")
                    .Answers(
                        200,
                        "The claims that the scopes of the token allow.",
                        Described.Json,
                        [],
                        (
                            "claims",
                            """
                            {
                              "sub": "0199…", "email": "ada@example.test", "email_verified": true
                            }
                            """
                        )
                    )
                    .Answers(
                        401,
                        "There is no good access token.",
                        Described.Json,
                        ["WWW-Authenticate"],
                        Error("invalid_token"),
                        Error("invalid_dpop_proof"),
                        Error("use_dpop_nonce")
                    )
                    .Answers(
                        403,
                        "The access token lacks the scope openid.",
                        Described.Json,
                        ["WWW-Authenticate"],
                        Error("insufficient_scope")
                    )
                    .Answers(
                        503,
                        "The service is unavailable.",
                        Described.Json,
                        ["Retry-After"],
                        Error("temporarily_unavailable")
                    )
        );

    internal static void DescribeKeys(this IEndpointConventionBuilder route) =>
        DescribeKeys(route, "jwks", "The keys that tokens are signed with (RFC 7517).");

    internal static void DescribeAuditKeys(this IEndpointConventionBuilder route) =>
        DescribeKeys(route, "audit-jwks", "The keys that sign the checkpoints of the audit log (RFC 7517).");

    private static void DescribeKeys(IEndpointConventionBuilder route, string id, string summary) =>
        route.Describe(
            Document,
            id,
            summary,
            call =>
                Published(
                    call.Answers(
                        200,
                        "The keys.",
                        Keys.MediaType,
                        ["Cache-Control", "ETag"],
                        (
                            "keys",
                            """
                            {
                              "keys": [
                                {
                                  "use": "sig", "alg": "ES256", "kid": "…", "kty": "EC", "crv": "P-256",
                                  "x": "…", "y": "…"
                                }
                              ]
                            }
                            """
                        )
                    )
                )
        );

    internal static void DescribeDiscovery(this IEndpointConventionBuilder route, string id) =>
        route.Describe(
            Document,
            id,
            "The server's metadata (RFC 8414).",
            call =>
                Published(
                    call.Answers(
                        200,
                        "The metadata.",
                        Described.Json,
                        ["Cache-Control", "ETag"],
                        (
                            "metadata",
                            """
                            {
                              "issuer": "https://id.example.test",
                              "authorization_endpoint": "https://id.example.test/oauth2/authorize",
                              "token_endpoint": "https://id.example.test/oauth2/token",
                              "jwks_uri": "https://id.example.test/.well-known/jwks.json"
                            }
                            """
                        )
                    )
                )
        );

    internal static void DescribeResource(this IEndpointConventionBuilder route, string id) =>
        route.Describe(
            Document,
            id,
            "The metadata of an API (RFC 9728).",
            call =>
                Published(
                    call.Answers(
                            200,
                            "The metadata.",
                            Described.Json,
                            ["Cache-Control", "ETag"],
                            (
                                "metadata",
                                """
                                {
                                  "resource": "https://orders.example.test",
                                  "resource_name": "Orders",
                                  "authorization_servers": ["https://id.example.test"],
                                  "scopes_supported": ["orders.read"],
                                  "bearer_methods_supported": ["header"]
                                }
                                """
                            )
                        )
                        .Answers(404, "There is no such API.", Described.Json, [], Error("invalid_request"))
                )
        );

    private static Described DeclaresGrants(this Described call, GrantTypes grants) =>
        grants.All.Aggregate(call, (described, grant) => described.Declares(grant.Parameters, grant.GrantType));

    private static void Published(Described call) =>
        call.Answers(304, "The copy named in If-None-Match is current.", Described.Json, [])
            .Answers(
                503,
                "The service is unavailable.",
                Described.Json,
                ["Retry-After"],
                Error("temporarily_unavailable")
            );

    private static void Refused(Described call) =>
        call.Answers(
                401,
                "The client could not be authenticated.",
                Described.Json,
                ["WWW-Authenticate"],
                Error("invalid_client")
            )
            .Answers(413, "The body is larger than 16 KiB.", Described.Json, [], Error("invalid_request"))
            .Answers(415, "Another media type than a form.", Described.Json, [], Error("invalid_request"))
            .Answers(429, "Too many requests.", Described.Json, ["Retry-After"], Error("temporarily_unavailable"))
            .Answers(
                503,
                "Nothing was changed, unless the message says that this is not known; repeat the same request.",
                Described.Json,
                ["Retry-After"],
                Error("temporarily_unavailable")
            );

    private static (string Name, string Example) Error(string code) =>
        (code, $$"""{"error":"{{code}}","error_description":"…"}""");
}
