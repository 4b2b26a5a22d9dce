using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Guards;

/// <summary>
/// The requests that proxies send which cannot be had here, as their documentation and sources describe them, and what
/// they hand on of the answers.
/// </summary>
public sealed class ProxyRequestTests
{
    [Fact]
    public async Task Traefik_is_answered_what_it_hands_on()
    {
        await using var server = await GuardCalls.StartAsync();
        using var good = await TraefikAsync(server, ("X-Api-Key", Known.ApiKey), ("Turnstone-Subject", "root"));
        Assert.Equal(200, (int)good.StatusCode);
        Assert.Equal($"{await server.IdAsync()}", good.Told("Subject"));
        using var none = await TraefikAsync(server);
        await Golden.CheckAsync(none, "traefik-401");
        using var expired = await TraefikAsync(server, ("Authorization", "Bearer garbage"));
        await Golden.CheckAsync(expired, "traefik-invalid-401");
        using var bound = await TraefikAsync(server, ("Authorization", "DPoP garbage"), ("Dpop", "garbage"));
        await Golden.CheckAsync(bound, "traefik-dpop-401");
    }

    [Fact]
    public async Task Envoy_is_answered_what_it_hands_on()
    {
        await using var server = await GuardCalls.StartAsync();
        using var good = await EnvoyAsync(server, "individuals.read", ("x-api-key", Known.ApiKey));
        Assert.Equal(200, (int)good.StatusCode);
        Assert.Equal($"{await server.IdAsync()}", good.Headers.GetValues("Turnstone-Subject").Single());
        using var lacking = await EnvoyAsync(server, "individuals.write", ("x-api-key", Known.ApiKey));
        await Golden.CheckAsync(lacking, "envoy-403");
        using var wrong = await EnvoyAsync(server, "individuals.read", ("x-api-key", "unknown"));
        await Golden.CheckAsync(wrong, "envoy-401");
    }

    [Theory]
    [InlineData("POST", "https://api.example.test/individuals?page=2", 200)]
    [InlineData("POST", "https://api.example.test/individuals", 200)]
    [InlineData("GET", "https://api.example.test/individuals", 401)]
    [InlineData("POST", "https://api.example.test/other", 401)]
    [InlineData("POST", "https://api.example.test/forward-auth/envoy/individuals", 401)]
    [InlineData("POST", "https://other.example.test/individuals", 401)]
    public async Task At_Envoy_a_proof_is_for_the_method_and_the_address_of_the_client(
        string method,
        string address,
        int status
    )
    {
        await using var server = await GuardCalls.StartAsync();
        using var key = ClientKey.Ec();
        var (token, _) = await server.BoundAsync(key);
        var claims = ClientKey.DpopClaims(method, address, server.Time.GetUtcNow());
        claims["ath"] = (string)DpopClient.For(token).Value!;
        using var answer = await EnvoyAsync(
            server,
            "individuals.read",
            ("x-forwarded-host", "api.example.test"),
            ("authorization", $"DPoP {token}"),
            ("dpop", key.Sign(claims, key.DpopHeader()))
        );
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_query_behind_envoys_prefix_is_no_rule()
    {
        await using var server = await GuardCalls.StartAsync();
        using var answer = await RawRequest.SendAsync(
            server,
            "GET",
            "/forward-auth/envoy/individuals?scope=individuals.read&audience=https://other.example.test",
            null,
            ("turnstone-require-scope", "individuals.write"),
            ("x-api-key", Known.ApiKey)
        );
        Assert.Equal(403, (int)answer.StatusCode);
    }

    // GET of the address, with the client's headers and what Traefik says of the client's request.
    private static Task<HttpResponseMessage> TraefikAsync(
        TurnstoneServer server,
        params (string Name, string Value)[] client
    ) =>
        server.GuardAsync(
            "?scope=individuals.read",
            [
                ("X-Forwarded-Method", "POST"),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "api.example.test"),
                ("X-Forwarded-Uri", "/individuals?page=2"),
                ("X-Forwarded-For", "203.0.113.9"),
                .. client,
            ]
        );

    // The client's own method and path behind the prefix, and the headers that are allowed or added.
    private static Task<HttpResponseMessage> EnvoyAsync(
        TurnstoneServer server,
        string scope,
        params (string Name, string Value)[] allowed
    ) =>
        RawRequest.SendAsync(
            server,
            "POST",
            "/forward-auth/envoy/individuals?page=2",
            null,
            [
                ("content-length", "0"),
                ("x-forwarded-for", "203.0.113.9"),
                ("x-forwarded-proto", "https"),
                ("turnstone-require-scope", scope),
                .. allowed,
            ]
        );
}
