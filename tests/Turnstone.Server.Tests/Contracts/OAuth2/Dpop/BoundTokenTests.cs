using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.Dpop.DpopClient;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>RFC 9449 §5 and §6: what a token that is bound to a key is good for, and what it is not.</summary>
public sealed class BoundTokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_grant_binds_its_access_token_to_the_key_that_was_shown()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();

        var form = await server.CodeFormAsync();
        using var code = await server.FormAsync(TokenPath, form, server.Proof(key));
        var tokens = await code.BodyAsync();
        using var refreshed = await server.FormAsync(
            TokenPath,
            RefreshForm((string)tokens["refresh_token"]!),
            server.Proof(key)
        );
        using var program = await server.FormAsync(TokenPath, AssertingClient.Grant, Shop, server.Proof(key));
        using var bearer = await server.FormAsync(TokenPath, AssertingClient.Grant, Shop);

        foreach (var answer in new[] { code, refreshed, program })
        {
            var body = await answer.BodyAsync();
            Assert.Equal("DPoP", (string?)body["token_type"]);
            Assert.Equal(key.Thumbprint(), KeyOf((string)body["access_token"]!));
        }

        var plain = await bearer.BodyAsync();
        Assert.Equal("Bearer", (string?)plain["token_type"]);
        Assert.Null(KeyOf((string)plain["access_token"]!));
    }

    [Fact]
    public async Task A_bound_refresh_token_of_a_public_client_is_nothing_without_its_key()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        using var thief = ClientKey.Ec();
        var (_, refresh) = await server.BoundAsync(key);
        var form = RefreshForm(refresh);

        using var none = await server.FormAsync(TokenPath, form);
        using var other = await server.FormAsync(TokenPath, form, server.Proof(thief));
        using var v3 = await server.Http.RefreshV3Async(refresh);
        using var v1 = await server.Http.RefreshV1Async(refresh);
        using var v2 = await server.Http.RefreshV2Async(refresh);
        using var oauth1 = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh));

        Assert.Equal(("invalid_grant", "invalid_grant"), (await none.ErrorAsync(), await other.ErrorAsync()));
        Assert.All(new[] { v3, v1, v2, oauth1 }, answer => Assert.False(answer.IsSuccessStatusCode));

        // Nothing was consumed, and nothing ended.
        var (_, next) = await server.FormAsync(TokenPath, form, server.Proof(key)).PairAsync();
        await server.FormAsync(TokenPath, RefreshForm(next), server.Proof(key)).PairAsync();
    }

    /// <summary>If a refresh could bind it, a thief with a copy could bind it to a key of his.</summary>
    [Fact]
    public async Task A_session_from_before_its_client_had_to_show_a_key_is_refreshed_with_none()
    {
        await using var server = await Wire.StartAsync();
        using var thief = ClientKey.Ec();
        var (_, refresh) = await server.FormAsync(TokenPath, await server.CodeFormAsync()).PairAsync();
        var (_, confidential) = await server
            .FormAsync(TokenPath, await server.CodeFormAsync(Known.ClientId), Shop)
            .PairAsync();
        foreach (var client in new[] { Known.PublicClientId, Known.ClientId })
        {
            Assert.NotNull(
                await server
                    .Services.GetRequiredService<Clients>()
                    .ChangeAsync(client, one => one with { DpopBound = true }, "bound", Caller.Operator, Cancel)
            );
        }

        using var shown = await server.FormAsync(TokenPath, RefreshForm(refresh), server.Proof(thief));
        var told = await shown.BodyAsync();
        Assert.Equal("invalid_grant", (string?)told["error"]);
        Assert.Contains("Sign in again", (string)told["error_description"]!, StringComparison.Ordinal);

        // Who proves to be the client has more than a copy.
        using var proven = await server.FormAsync(
            TokenPath,
            RefreshForm(confidential, Known.ClientId),
            Shop,
            server.Proof(thief)
        );
        Assert.Equal(HttpStatusCode.OK, proven.StatusCode);
    }

    [Fact]
    public async Task A_confidential_client_may_change_its_key()
    {
        await using var server = await Wire.StartAsync();
        using var first = ClientKey.Ec();
        using var second = ClientKey.Rsa("PS256");
        var form = await server.CodeFormAsync(Known.ClientId);
        var (_, refresh) = await server.FormAsync(TokenPath, form, Shop, server.Proof(first)).PairAsync();

        var (access, _) = await server
            .FormAsync(TokenPath, RefreshForm(refresh, Known.ClientId), Shop, server.Proof(second))
            .PairAsync();

        Assert.Equal(second.Thumbprint(), KeyOf(access));
    }

    [Fact]
    public async Task A_bound_access_token_is_a_bearer_token_nowhere()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var (access, _) = await server.BoundAsync(key);
        var bearer = ("Authorization", $"Bearer {access}");

        (HttpMethod Method, string Path)[] places =
        [
            (HttpMethod.Get, "/v3/individuals"),
            (HttpMethod.Post, "/auth/v2/validate"),
            (HttpMethod.Post, "/auth/v1/validate-token"),
            (HttpMethod.Get, "/v1/oauth/token"),
            (HttpMethod.Get, UserinfoPath),
            (HttpMethod.Post, UserinfoPath),
            (HttpMethod.Post, "/v1/oauth/token/create/user"),
        ];
        foreach (var (method, path) in places)
        {
            using var answer = await server.SendAsync(method, path, null, bearer);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized, $"{path} {answer.StatusCode}");
            using var bare = await server.SendAsync(method, path, null, ("Authorization", access));
            Assert.False(bare.IsSuccessStatusCode, path);
        }

        // The same token, not bound, is one.
        var (free, _) = await server.FormAsync(TokenPath, await server.CodeFormAsync()).PairAsync();
        foreach (var path in new[] { "/v3/individuals", "/v1/oauth/token", UserinfoPath })
        {
            using var answer = await server.GetAsync(path, free);
            Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{path} {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Userinfo_takes_a_bound_token_with_a_proof_for_it_alone()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        using var other = ClientKey.Ec();
        var (access, _) = await server.BoundAsync(key);
        var (free, _) = await server.FormAsync(TokenPath, await server.CodeFormAsync()).PairAsync();
        (string, System.Text.Json.Nodes.JsonNode?)[] get = [("htm", "GET"), For(access)];

        await TakesAsync(access, server.Proof(key, UserinfoPath, get));
        var once = server.Proof(key, UserinfoPath, get);
        await TakesAsync(access, once);
        await RefusesAsync("invalid_dpop_proof", access, once);
        await RefusesAsync("invalid_dpop_proof", access);
        await RefusesAsync("invalid_dpop_proof", access, ("DPoP", "a.b.c"));
        await RefusesAsync("invalid_dpop_proof", access, server.Proof(key, UserinfoPath, ("htm", "GET")));
        await RefusesAsync("invalid_dpop_proof", access, server.Proof(key, UserinfoPath, ("htm", "GET"), For(free)));
        await RefusesAsync("invalid_dpop_proof", access, server.Proof(key, UserinfoPath, For(access)));
        await RefusesAsync("invalid_dpop_proof", access, server.Proof(key, TokenPath, get));
        await RefusesAsync("invalid_token", access, server.Proof(other, UserinfoPath, get));
        await RefusesAsync("invalid_token", free, server.Proof(key, UserinfoPath, ("htm", "GET"), For(free)));
        await RefusesAsync("invalid_token", "nothing", server.Proof(key, UserinfoPath, ("htm", "GET"), For("nothing")));

        Task<HttpResponseMessage> AskAsync(string token, (string, string)[] proof) =>
            server.SendAsync(HttpMethod.Get, UserinfoPath, null, [("Authorization", $"DPoP {token}"), .. proof]);

        async Task TakesAsync(string token, params (string, string)[] proof)
        {
            using var answer = await AskAsync(token, proof);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEmpty(answer.Headers.GetValues("DPoP-Nonce").Single());
        }

        async Task RefusesAsync(string error, string token, params (string, string)[] proof)
        {
            using var answer = await AskAsync(token, proof);
            Assert.Equal((HttpStatusCode.Unauthorized, error), (answer.StatusCode, await answer.ErrorAsync()));
            var challenge = answer.Headers.WwwAuthenticate.Single();
            Assert.Equal("DPoP", challenge.Scheme);
            Assert.Contains($"error=\"{error}\"", challenge.Parameter, StringComparison.Ordinal);
            Assert.Contains("algs=\"ES256 RS256 PS256\"", challenge.Parameter, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Introspection_names_the_key_of_either_token()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await ChangeAsync(server, Known.ClientId, client => client with { MayIntrospect = true });
        var (bound, refresh) = await server.BoundAsync(key);
        var form = await server.CodeFormAsync(Known.ClientId);
        var (own, _) = await server.FormAsync(TokenPath, form, Shop, server.Proof(key)).PairAsync();

        foreach (var token in new[] { bound, own })
        {
            using var answer = await server.FormAsync("/oauth2/introspect", $"token={token}", Shop);
            var said = await answer.BodyAsync();
            Assert.Equal(
                (true, "DPoP", key.Thumbprint()),
                ((bool)said["active"]!, (string?)said["token_type"], (string?)said["cnf"]!["jkt"])
            );
        }

        // A refresh token of another client is nothing to this one.
        using var foreign = await server.FormAsync("/oauth2/introspect", $"token={refresh}", Shop);
        Assert.False((bool)(await foreign.BodyAsync())["active"]!);
    }

    [Fact]
    public async Task A_bound_token_can_be_given_back_by_its_client()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var (access, refresh) = await server.BoundAsync(key);

        using var revoked = await server.FormAsync(
            "/oauth2/revoke",
            $"token={access}&client_id={Known.PublicClientId}"
        );

        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        using var after = await server.FormAsync(TokenPath, RefreshForm(refresh), server.Proof(key));
        Assert.Equal("invalid_grant", await after.ErrorAsync());
    }

    [Fact]
    public async Task A_client_that_is_registered_for_it_gets_nothing_without_a_proof_at_any_contract()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await OwnClient.AddAsync(server, client => client with { DpopBound = true });
        var code = await server.CodeAsync("oauth-v1", OwnClient.Id);

        using var none = await server.FormAsync(TokenPath, AssertingClient.Grant, OwnClient.Basic);
        using var elsewhere = await server.JsonAsync("/v1/oauth/token/user", OwnClient.CodeBody(code));
        using var proven = await server.FormAsync(TokenPath, AssertingClient.Grant, OwnClient.Basic, server.Proof(key));

        Assert.Equal(
            ("invalid_dpop_proof", "invalid_dpop_proof"),
            (await none.ErrorAsync(), await elsewhere.ErrorAsync())
        );
        Assert.Equal(HttpStatusCode.OK, proven.StatusCode);
    }

    private static async Task ChangeAsync(TurnstoneServer server, string id, Func<Client, Client> change) =>
        Assert.NotNull(
            await server.Services.GetRequiredService<Clients>().ChangeAsync(id, change, "test", Caller.Operator, Cancel)
        );
}
