using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>Which tokens the guard of the library lets in, and how it refuses the others.</summary>
public sealed class TokensTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_every_contract_is_let_in_for_the_default_API_of_the_issuer()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var account = $"{await server.IdAsync()}";
        (string Token, string Subject)[] all =
        [
            (await server.ByCodeAsync(), account),
            (await server.ByCodeOfClientAsync(), account),
            (await server.ByPasswordAsync(), account),
            (await server.ByKeyAsync(), account),
            (await server.OfProgramAsync(), Known.ClientId),
        ];
        foreach (var (token, subject) in all)
        {
            for (var time = 0; time < 2; time++)
            {
                using var answer = await api.GetAsync("/individuals", token);
                Assert.Equal((200, subject), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
            }
        }

        Assert.Equal(200, await api.StatusAsync("/open", null));
        Assert.Equal(1, api.Road.AskedFor("/jwks.json"));
    }

    [Fact]
    public async Task A_token_for_another_API_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        await using var stock = await GuardedApi.StartAsync(server, options => options.Audience = KnownApis.Stock);
        await using var common = await GuardedApi.StartAsync(server);
        var (forStock, forCommon) = (await server.OfProgramAsync(KnownApis.Stock), await server.OfProgramAsync());

        Assert.Equal((200, 401), (await stock.StatusAsync("/me", forStock), await stock.StatusAsync("/me", forCommon)));
        Assert.Equal(
            (401, 200),
            (await common.StatusAsync("/me", forStock), await common.StatusAsync("/me", forCommon))
        );
    }

    [Fact]
    public async Task An_expired_token_is_told_from_a_bad_one_and_a_challenge_says_where_to_read_on()
    {
        await using var server = await PortalServer.StartAsync([$"Turnstone:Audience={GuardCalls.Api}/v1"]);
        await using var api = await GuardedApi.StartAsync(server, options => options.Audience = $"{GuardCalls.Api}/v1");
        const string Metadata = $"resource_metadata=\"{GuardCalls.Api}/.well-known/oauth-protected-resource/v1\"";
        var (seen, unseen) = (await server.ByKeyAsync(), await server.ByKeyAsync());
        Assert.Equal(200, await api.StatusAsync("/me", seen));

        Assert.Equal((401, $"Bearer {Metadata}"), await api.ChallengeAsync("/me", null));
        var damaged = seen[..^4] + (seen.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        foreach (var bad in (string[])["garbage", "a.b.c", damaged, new string('a', 9000), "é"])
        {
            using var answer = await api.GetAsync("/me", null, ("Authorization", $"Bearer {bad}"));
            Assert.True((int)answer.StatusCode is 401 or 400, bad);
            if ((int)answer.StatusCode == 401)
            {
                Assert.Contains(
                    "The access token is not valid. Log in again.",
                    $"{answer.Headers.WwwAuthenticate}",
                    StringComparison.Ordinal
                );
            }
        }

        server.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        foreach (var token in (string[])[seen, unseen])
        {
            var (status, challenge) = await api.ChallengeAsync("/me", token);
            Assert.Equal(401, status);
            Assert.Contains("The access token has expired.", challenge, StringComparison.Ordinal);
            Assert.Contains("error=\"invalid_token\"", challenge, StringComparison.Ordinal);
            Assert.Contains(Metadata, challenge, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_scope_that_is_missing_is_named()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var (status, challenge) = await api.ChallengeAsync("/both", await server.ByKeyAsync());
        Assert.Equal(403, status);
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"individuals.read individuals.write\"", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_tells_what_a_client_has_to_know_of_it()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(
            server,
            options =>
            {
                options.Audience = $"{GuardCalls.Api}/v1";
                options.Scopes.Add("individuals.read");
            }
        );
        var text = await api.Http.GetStringAsync("/.well-known/oauth-protected-resource/v1", Cancel);
        var said = JsonNode.Parse(text)!;
        Assert.Equal($"{GuardCalls.Api}/v1", (string?)said["resource"]);
        Assert.Equal("https://id.example.test", (string?)said["authorization_servers"]![0]);
        Assert.Equal("individuals.read", (string?)said["scopes_supported"]![0]);
        Assert.Equal(404, await api.StatusAsync("/.well-known/oauth-protected-resource", null));
        Assert.Equal(404, await api.StatusAsync("/.well-known/oauth-protected-resource/v2", null));
    }

    [Fact]
    public async Task Nobody_who_signs_by_himself_gets_in()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var good = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", good));
        using var thief = ClientKey.Ec();
        var parts = good.Split('.');
        var header = JsonNode.Parse(Base64UrlText.TryDecode(parts[0], out var bytes) ? bytes : [])!.AsObject();
        var claims = JsonNode.Parse(Base64UrlText.TryDecode(parts[1], out bytes) ? bytes : [])!.AsObject();

        var withTheirKid = thief.Sign(header.ToJsonString(), claims);
        header["jwk"] = thief.Jwk();
        var withOwnKey = thief.Sign(header.ToJsonString(), claims);
        var unsigned =
            Base64UrlText.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"none","typ":"JWT","kid":"{{header["kid"]}}"}"""))
            + $".{parts[1]}.";
        foreach (var forged in (string[])[withTheirKid, withOwnKey, unsigned])
        {
            Assert.Equal(401, await api.StatusAsync("/me", forged));
        }
    }

    [Fact]
    public async Task The_caller_of_a_token_is_shared_so_nobody_may_change_it_but_a_clone()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var token = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token));
        Assert.True(Turnstone.AspNetCore.Tokens.TokenDigest.TryOf(token, out var digest));
        var caller = api.Guard.Proven.Find(digest)!.Caller;

        Assert.Throws<InvalidOperationException>(() => caller.AddIdentity(new()));
        Assert.Throws<InvalidOperationException>(() =>
            ((System.Security.Claims.ClaimsIdentity)caller.Identity!).AddClaim(new("scope", "everything"))
        );
        var clone = caller.Clone();
        ((System.Security.Claims.ClaimsIdentity)clone.Identity!).AddClaim(new("extra", "1"));
        Assert.NotNull(clone.FindFirst("extra"));
        Assert.Null(caller.FindFirst("extra"));
        Assert.Equal(caller.Identity!.Name, clone.Identity!.Name);
    }
}
