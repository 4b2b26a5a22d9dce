using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>RFC 9449 §7: a token that is bound to a key is good for who shows the key with each request.</summary>
public sealed class BoundTokensTests
{
    [Fact]
    public async Task It_is_let_in_with_a_proof_once_and_is_no_bearer_token()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        using var key = ClientKey.Ec();
        var (token, _) = await server.BoundAsync(key);
        var proof = Proof(server, api, key, token);

        Assert.Equal((200, ""), await AskAsync(api, token, proof));
        var (status, challenge) = await AskAsync(api, token, proof);
        Assert.Equal(401, status);
        Assert.Contains("used before", challenge, StringComparison.Ordinal);
        Assert.StartsWith("DPoP ", challenge, StringComparison.Ordinal);
        Assert.Equal((200, ""), await AskAsync(api, token, Proof(server, api, key, token)));

        Assert.Equal(401, await api.StatusAsync("/me", token));
        Assert.Equal(401, await api.StatusAsync("/me", token, ("DPoP", Proof(server, api, key, token))));
        Assert.Equal(401, (await AskAsync(api, token, null)).Status);
    }

    [Theory]
    [InlineData("htm", "POST")]
    [InlineData("htu", "https://elsewhere.example.test/me")]
    [InlineData("htu", "/me")]
    [InlineData("ath", "another")]
    [InlineData("ath", null)]
    [InlineData("jti", null)]
    [InlineData("iat", "1")]
    public async Task A_proof_for_something_else_is_refused(string claim, string? value)
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        using var key = ClientKey.Ec();
        var (token, _) = await server.BoundAsync(key);
        JsonNode? changed = claim == "iat" ? server.Time.GetUtcNow().ToUnixTimeSeconds() - 3600 : value;
        Assert.Equal(401, (await AskAsync(api, token, Proof(server, api, key, token, (claim, changed)))).Status);
    }

    [Fact]
    public async Task The_proof_of_another_key_opens_nothing_nor_does_any_proof_for_a_token_without_a_key()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        using var key = ClientKey.Ec();
        using var other = ClientKey.Ec();
        var (token, _) = await server.BoundAsync(key);
        Assert.Equal(401, (await AskAsync(api, token, Proof(server, api, other, token))).Status);

        // Its header shows the right key, and another one has signed.
        var claims = ClientKey.DpopClaims("GET", $"{api.Http.BaseAddress}me", server.Time.GetUtcNow());
        claims[DpopClient.For(token).Claim] = DpopClient.For(token).Value;
        Assert.Equal(401, (await AskAsync(api, token, other.Sign(claims, key.DpopHeader()))).Status);

        var bearer = await server.ByKeyAsync();
        Assert.Equal(401, (await AskAsync(api, bearer, Proof(server, api, key, bearer))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("e30.e30.e30")]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6ImRwb3Arand0IiwiandrIjoxfQ.e30.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6ImRwb3Arand0IiwiandrIjp7Imt0eSI6IkVDIn19.e30.AA")]
    public async Task What_is_no_proof_is_401(string proof)
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        using var key = ClientKey.Ec();
        var (token, _) = await server.BoundAsync(key);
        Assert.Equal(401, (await AskAsync(api, token, proof)).Status);
    }

    private static string Proof(
        TurnstoneServer server,
        GuardedApi api,
        ClientKey key,
        string token,
        params (string Claim, JsonNode? Value)[] changes
    )
    {
        var claims = ClientKey.DpopClaims("GET", $"{api.Http.BaseAddress}me", server.Time.GetUtcNow());
        foreach (var (claim, value) in ((string, JsonNode?)[])[DpopClient.For(token), .. changes])
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value.DeepClone();
            }
        }

        return key.Sign(claims, key.DpopHeader());
    }

    private static async Task<(int Status, string Challenge)> AskAsync(GuardedApi api, string token, string? proof)
    {
        (string, string)[] headers = proof is null ? [] : [("DPoP", proof)];
        using var answer = await api.SendAsync("/me", new AuthenticationHeaderValue("DPoP", token), headers);
        return ((int)answer.StatusCode, $"{answer.Headers.WwwAuthenticate}");
    }
}
