using System.Net;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>Who may register: nobody, the holders of a token, everybody within limits (RFC 7591 §3).</summary>
public sealed class RegistrationGateTests
{
    private const string Token = "an initial access token of the tests";

    [Fact]
    public async Task Where_it_is_closed_nobody_registers_and_discovery_offers_nothing()
    {
        await using var server = await Wire.StartAsync();

        using var answer = await server.RegisterAsync(Registering.Metadata());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(await OffersAsync(server));
    }

    [Fact]
    public async Task With_initial_access_tokens_only_their_holders_register()
    {
        await using var server = await Wire.StartAsync(
            "Turnstone:Clients:Registration=WithToken",
            $"Turnstone:Clients:RegistrationTokens:0={Token}",
            $"Turnstone:Clients:RegistrationTokens:1={Token} too"
        );

        foreach (var token in new[] { null, "", Token[1..], Token + "x", "tsg_" })
        {
            using var refused = await server.RegisterAsync(Registering.Metadata(), token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        using var first = await server.RegisterAsync(Registering.Metadata(), Token);
        using var second = await server.RegisterAsync(Registering.Metadata(), $"{Token} too");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.True(await OffersAsync(server));
    }

    [Fact]
    public async Task A_network_registers_so_many_and_then_has_to_wait()
    {
        await using var server = await Wire.StartAsync(
            Registering.Open,
            "Turnstone:Limits:RegistrationsPerNetwork:Count=2"
        );
        for (var i = 0; i < 2; i++)
        {
            using var made = await server.RegisterAsync(Registering.Metadata());
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        using var refused = await server.RegisterAsync(Registering.Metadata());

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_page_may_register_only_where_everybody_may()
    {
        await using var server = await Wire.StartAsync(Registering.Open);
        using var open = await Registering.SendAsync(
            server,
            HttpMethod.Post,
            Registering.Path,
            Registering.Metadata(),
            ("Origin", "https://page.example")
        );
        Assert.Equal("*", open.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(open.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    private static async Task<bool> OffersAsync(TurnstoneServer server)
    {
        using var metadata = await server.GetAsync("/.well-known/openid-configuration");
        return (await metadata.BodyAsync()).ContainsKey("registration_endpoint");
    }
}
