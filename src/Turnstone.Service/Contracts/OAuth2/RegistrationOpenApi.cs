using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>What the OpenAPI document <c>oauth2</c> says of registrations.</summary>
internal static class RegistrationOpenApi
{
    private const string Registered = """
        {
          "client_id": "reg-…", "client_id_issued_at": 1935986889, "registration_access_token": "tsg_…",
          "registration_client_uri": "https://id.example.test/oauth2/register/reg-…",
          "client_name": "Agent", "token_endpoint_auth_method": "none", "application_type": "native",
          "scope": "openid individuals.read", "grant_types": ["authorization_code", "refresh_token"],
          "response_types": ["code"], "redirect_uris": ["http://127.0.0.1:8500/callback"]
        }
        """;

    private const string Wanted = """
        {
          "client_name": "Agent", "redirect_uris": ["http://127.0.0.1:8500/callback"],
          "grant_types": ["authorization_code", "refresh_token"],
          "token_endpoint_auth_method": "none", "application_type": "native"
        }
        """;

    internal static void DescribeRegister(this IEndpointConventionBuilder route) =>
        route.Describe(
            OAuth2OpenApi.Document,
            "register",
            "Register a client (RFC 7591), where the operator allows it.",
            call =>
                Refused(
                    call.Header("Authorization", "Bearer, with an initial access token, where one is needed.")
                        .Takes(Described.Json, ["redirect_uris"], ("agent", Wanted))
                        .Answers(
                            201,
                            "The client, with the token by which it changes its registration.",
                            Described.Json,
                            [],
                            ("client", Registered)
                        )
                        .Answers(403, "Registration is closed.", Described.Json, [], Error("access_denied"))
                )
        );

    internal static void DescribeManage(this IEndpointConventionBuilder route) =>
        route.Describe(
            OAuth2OpenApi.Document,
            "registration",
            "Read, replace or delete a registration (RFC 7592). PUT takes the whole of it, with the client_id.",
            call =>
                Refused(
                    call.Path(Registration.Id, "The client_id.")
                        .Header("Authorization", "Bearer, with the registration access token.", required: true)
                        .Answers(200, "The client as it is registered.", Described.Json, [], ("client", Registered))
                        .Answers(204, "It is deleted.", Described.Json, [])
                )
        );

    private static void Refused(Described call) =>
        call.Answers(
                400,
                "The metadata cannot be registered; the text names the member.",
                Described.Json,
                [],
                Error("invalid_client_metadata"),
                Error("invalid_redirect_uri"),
                Error("invalid_request")
            )
            .Answers(
                401,
                "The token is missing or wrong.",
                Described.Json,
                ["WWW-Authenticate"],
                Error("invalid_token")
            )
            .Answers(429, "Too many requests.", Described.Json, ["Retry-After"], Error("temporarily_unavailable"))
            .Answers(
                503,
                "The service is unavailable, or too many wait for their first token.",
                Described.Json,
                ["Retry-After"],
                Error("temporarily_unavailable")
            );

    private static (string Name, string Example) Error(string code) =>
        (code, $$"""{"error":"{{code}}","error_description":"…"}""");
}
