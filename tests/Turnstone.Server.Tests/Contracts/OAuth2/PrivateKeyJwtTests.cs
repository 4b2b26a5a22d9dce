using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>RFC 7523 §2.2 and §3, as a client and as somebody else sends it.</summary>
public sealed class PrivateKeyJwtTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_client_that_signs_for_this_server_gets_tokens(string alg)
    {
        await using var server = await Wire.StartAsync();
        using var key = alg == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(alg);
        await AssertingClient.AddAsync(server, key);

        foreach (var audience in new[] { AssertingClient.Issuer, $"{AssertingClient.Issuer}/oauth2/token" })
        {
            var claims = AssertingClient.Claims(server);
            claims["aud"] = audience;
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, AssertingClient.Proof(key.Sign(claims))));
        }

        var named = $"{AssertingClient.Proof(server, key)}&client_id={AssertingClient.Id}";
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, named));
    }

    [Fact]
    public async Task An_assertion_is_good_once_on_all_nodes()
    {
        await using var first = await Wire.StartAsync();
        await using var second = await TurnstoneServer.StartAsync(AllContracts.MapAll, beside: first);
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(first, key);
        var proof = AssertingClient.Proof(first, key);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => AskAsync(i % 2 == 0 ? first : second, proof))
        );

        Assert.Single(answers, HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer != HttpStatusCode.OK), IsUnauthorized);
        using var repeated = await second.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{proof}");
        Assert.Contains("used before", await DescriptionAsync(repeated), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_clients_jti_of_the_same_name_is_its_own()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        await AssertingClient.AddAsync(server, key, id: "other");

        foreach (var id in new[] { AssertingClient.Id, "other" })
        {
            var claims = AssertingClient.Claims(server, id);
            claims["jti"] = "the same";
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, AssertingClient.Proof(key.Sign(claims))));
        }
    }

    [Fact]
    public async Task One_that_was_spent_stays_so_until_it_could_not_be_taken_any_more()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        var proof = AssertingClient.Proof(server, key);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, proof));

        foreach (var seconds in new[] { 59, 10, 1, 600 })
        {
            server.Time.Advance(TimeSpan.FromSeconds(seconds));
            IsUnauthorized(await AskAsync(server, proof));
        }
    }

    [Theory]
    [InlineData("aud", "\"https://other.example.test\"", "aud")]
    [InlineData("aud", "\"https://id.example.test/oauth2/revoke\"", "aud")]
    [InlineData("aud", "\"https://id.example.test/oauth2/par\"", "aud")]
    [InlineData("aud", "[\"https://id.example.test\",\"https://other.example.test\"]", "aud")]
    [InlineData("exp", "0", "expired")]
    [InlineData("exp", "4102444800", "five minutes")]
    [InlineData("iat", "4102444800", "clock")]
    public async Task Whoever_has_signed_is_told_what_is_wrong(string claim, string json, string sentence)
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        var claims = AssertingClient.Claims(server);
        claims[claim] = JsonNode.Parse(json);
        if (claim == "exp")
        {
            claims.Remove("iat");
        }

        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"{AssertingClient.Grant}&{AssertingClient.Proof(key.Sign(claims))}"
        );

        IsUnauthorized(answer.StatusCode);
        Assert.Contains(sentence, await DescriptionAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_not_gets_one_answer_whatever_is_wrong()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        using var stranger = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        await OwnClient.AddAsync(server, client => client);
        var late = AssertingClient.Claims(server);
        late["exp"] = 0;
        string[] proofs =
        [
            AssertingClient.Proof(server, stranger),
            AssertingClient.Proof(stranger.Sign(late)),
            AssertingClient.Proof(server, key, "nobody"),
            AssertingClient.Proof(server, key, OwnClient.Id),
            AssertingClient.Proof(server, key, Known.PublicClientId),
            $"{AssertingClient.Proof(server, key)}&client_id={OwnClient.Id}",
            AssertingClient.Proof("a.b.c"),
            AssertingClient.Proof(key.Sign("""{"alg":"none"}""", AssertingClient.Claims(server))),
        ];

        foreach (var proof in proofs)
        {
            await Golden.CheckAsync(
                await server.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{proof}"),
                "invalid-assertion-401"
            );
        }
    }

    [Fact]
    public async Task A_client_that_was_disabled_proves_nothing()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key, client => client with { DisabledAt = TurnstoneServer.Start });

        IsUnauthorized(await AskAsync(server, AssertingClient.Proof(server, key)));
    }

    [Theory]
    [InlineData(null, true, true, true, false)]
    [InlineData(ClientMethod.ClientSecretBasic, true, false, false, false)]
    [InlineData(ClientMethod.ClientSecretPost, false, true, true, false)]
    [InlineData(ClientMethod.PrivateKeyJwt, false, false, false, true)]
    public async Task A_client_is_taken_by_its_one_registered_method_alone(
        ClientMethod? method,
        bool byBasic,
        bool byBody,
        bool byOldContract,
        bool byAssertion
    )
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await OwnClient.AddAsync(server, client => client);
        await RegisterAsync(server, method, key);
        var body = $"client_id={OwnClient.Id}&client_secret={OwnClient.Secret}";

        using var basic = await server.FormAsync("/oauth2/token", AssertingClient.Grant, OwnClient.Basic);
        using var old = await server.JsonAsync(
            "/v1/oauth/token/user",
            OwnClient.CodeBody(await server.CodeAsync("oauth-v1", OwnClient.Id))
        );

        Assert.Equal(byBasic, basic.IsSuccessStatusCode);
        Assert.Equal(byBody, await AskAsync(server, body) is HttpStatusCode.OK);
        Assert.Equal(byOldContract, old.StatusCode is not HttpStatusCode.Unauthorized);
        Assert.Equal(
            byAssertion,
            await AskAsync(server, AssertingClient.Proof(server, key, OwnClient.Id)) is HttpStatusCode.OK
        );
        IsUnauthorized(await AskAsync(server, $"client_id={OwnClient.Id}"));
    }

    [Theory]
    [InlineData("client_secret=x")]
    [InlineData($"client_id={AssertingClient.Id}&client_secret=x")]
    public async Task An_assertion_beside_a_secret_is_two_ways(string secret)
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);

        using var both = await server.FormAsync(
            "/oauth2/token",
            $"{AssertingClient.Grant}&{AssertingClient.Proof(server, key)}&{secret}"
        );
        using var header = await server.FormAsync(
            "/oauth2/token",
            $"{AssertingClient.Grant}&{AssertingClient.Proof(server, key)}",
            Wire.Basic(AssertingClient.Id, "")
        );

        Assert.Equal(HttpStatusCode.BadRequest, both.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, header.StatusCode);
        Assert.Contains("more than one way", await DescriptionAsync(header), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_assertion=a.b.c", "client_assertion_type")]
    [InlineData(
        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
        "client_assertion"
    )]
    [InlineData("client_assertion=a.b.c&client_assertion_type=saml2-bearer", "client_assertion_type")]
    [InlineData("client_assertion=one", "client_assertion")]
    public async Task Half_an_assertion_is_named(string form, string parameter)
    {
        await using var server = await Wire.StartAsync();

        using var answer = await server.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{form}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith($"The parameter {parameter} ", await DescriptionAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_sends_many_forged_ones_is_told_to_wait_and_the_client_itself_is_not()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=3");
        using var key = ClientKey.Ec();
        using var stranger = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        await AssertingClient.AddAsync(server, key, id: "other");
        for (var i = 0; i < 3; i++)
        {
            IsUnauthorized(await AskAsync(server, AssertingClient.Proof(server, stranger)));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(server, AssertingClient.Proof(server, stranger)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, AssertingClient.Proof(server, key)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, AssertingClient.Proof(server, key, "other")));
    }

    [Fact]
    public async Task It_gives_a_token_back_in_the_same_way()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        var token = await server
            .FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{AssertingClient.Proof(server, key)}")
            .MemberAsync("access_token");

        using var given = await server.FormAsync(
            "/oauth2/revoke",
            $"token={token}&{AssertingClient.Proof(server, key)}"
        );

        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", token)).StatusCode);
    }

    // The secret stays, so that it is the method and nothing else that refuses it.
    private static async Task RegisterAsync(TurnstoneServer server, ClientMethod? method, ClientKey key)
    {
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out _));
        await server
            .Services.GetRequiredService<Clients>()
            .ChangeAsync(
                OwnClient.Id,
                client => client with { Method = method, Keys = keys },
                "method",
                Caller.Operator,
                TestContext.Current.CancellationToken
            );
    }

    private static async Task<HttpStatusCode> AskAsync(TurnstoneServer server, string proof)
    {
        using var answer = await server.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{proof}");
        return answer.StatusCode;
    }

    private static async Task<string> DescriptionAsync(HttpResponseMessage answer) =>
        (string)(await answer.BodyAsync())["error_description"]!;

    private static void IsUnauthorized(HttpStatusCode status) => Assert.Equal(HttpStatusCode.Unauthorized, status);
}
