using System.Net;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.Dpop.DpopClient;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>RFC 9449 §4.3, §8, §10 and §11: which proofs are taken, and how often.</summary>
public sealed class ProofTests
{
    private const string Grant = AssertingClient.Grant;

    [Fact]
    public async Task A_network_that_shows_bad_proofs_is_told_to_wait_and_nobody_without_one_is()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=2");
        using var key = ClientKey.Ec();
        for (var i = 0; i < 2; i++)
        {
            using var bad = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key, changes: ("htm", "GET")));
            Assert.Equal("invalid_dpop_proof", await bad.ErrorAsync());
        }

        using var limited = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key));
        using var bearer = await server.FormAsync(TokenPath, Grant, Shop);

        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);
    }

    [Fact]
    public async Task A_proof_is_for_one_method_one_address_and_one_minute()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        const string Url = $"{AssertingClient.Issuer}{TokenPath}";

        foreach (
            var good in new[]
            {
                server.Proof(key),
                server.Proof(key, changes: ("htu", $"{Url}?a=b#c")),
                server.Proof(key, changes: ("htu", "HTTPS://ID.example.test:443/oauth2/token")),
                server.Proof(key, changes: ("htu", "https://id.example.test/oauth2/%74oken")),
                server.Proof(key, changes: ("iat", now - 60)),
                server.Proof(key, changes: ("iat", now + 10)),
                server.Proof(key, changes: ("iat", now + 0.5)),
            }
        )
        {
            using var answer = await server.FormAsync(TokenPath, Grant, Shop, good);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEmpty(answer.Headers.GetValues("DPoP-Nonce").Single());
        }

        foreach (
            var (name, bad, error) in new[]
            {
                ("method", server.Proof(key, changes: ("htm", "GET")), "invalid_dpop_proof"),
                ("case", server.Proof(key, changes: ("htm", "post")), "invalid_dpop_proof"),
                ("path", server.Proof(key, PushPath), "invalid_dpop_proof"),
                ("letters", server.Proof(key, "/OAuth2/token"), "invalid_dpop_proof"),
                ("slash", server.Proof(key, "/oauth2/token/"), "invalid_dpop_proof"),
                (
                    "scheme",
                    server.Proof(key, changes: ("htu", "http://id.example.test/oauth2/token")),
                    "invalid_dpop_proof"
                ),
                (
                    "port",
                    server.Proof(key, changes: ("htu", "https://id.example.test:444/oauth2/token")),
                    "invalid_dpop_proof"
                ),
                (
                    "user",
                    server.Proof(key, changes: ("htu", "https://a@id.example.test/oauth2/token")),
                    "invalid_dpop_proof"
                ),
                ("relative", server.Proof(key, changes: ("htu", "/oauth2/token")), "invalid_dpop_proof"),
                ("ahead", server.Proof(key, changes: ("iat", now + 61)), "invalid_dpop_proof"),
                ("old", server.Proof(key, changes: ("iat", now - 61)), "use_dpop_nonce"),
                ("nonce", server.Proof(key, changes: ("nonce", "guessed")), "use_dpop_nonce"),
                ("jti", server.Proof(key, changes: ("jti", null)), "invalid_dpop_proof"),
                ("text", ("DPoP", "nothing"), "invalid_dpop_proof"),
                ("empty", ("DPoP", ""), "invalid_dpop_proof"),
            }
        )
        {
            using var answer = await server.FormAsync(TokenPath, Grant, Shop, bad);
            Assert.Equal(
                (name, HttpStatusCode.BadRequest, error),
                (name, answer.StatusCode, await answer.ErrorAsync())
            );
            Assert.NotEmpty(answer.Headers.GetValues("DPoP-Nonce").Single());
        }

        using var two = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key), server.Proof(key));
        Assert.Equal("invalid_dpop_proof", await two.ErrorAsync());
    }

    [Fact]
    public async Task A_proof_is_taken_once_on_all_nodes_at_every_endpoint()
    {
        await using var first = await Wire.StartAsync();
        await using var second = await TurnstoneServer.StartAsync(AllContracts.MapAll, beside: first);
        using var key = ClientKey.Ec();
        using var other = ClientKey.Ec();
        var (access, refresh) = await first.BoundAsync(key);
        var push =
            $"response_type=code&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}"
            + $"&code_challenge={AuthorizeUrl.Challenge}&code_challenge_method=S256";
        var ath = For(access);

        await OnceAsync(TokenPath, Grant, first.Proof(key), Shop);
        await OnceAsync(TokenPath, RefreshForm(refresh), first.Proof(key));
        await OnceAsync(PushPath, push, first.Proof(key, PushPath), Shop);
        await OnceAsync(UserinfoPath, "", first.Proof(key, UserinfoPath, ath), ("Authorization", $"DPoP {access}"));

        // Another key's proof of the same name is its own.
        foreach (var one in new[] { key, other })
        {
            using var answer = await first.FormAsync(
                TokenPath,
                Grant,
                Shop,
                first.Proof(one, changes: ("jti", "same"))
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        async Task OnceAsync(string path, string form, params (string, string)[] headers)
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? first : second).FormAsync(path, form, headers))
            );
            Assert.True(answers.Count(answer => answer.IsSuccessStatusCode) == 1, path);
            foreach (var answer in answers.Where(answer => !answer.IsSuccessStatusCode))
            {
                Assert.Equal("invalid_dpop_proof", await answer.ErrorAsync());
            }
        }
    }

    [Fact]
    public async Task A_repeated_proof_ends_no_session_and_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var (_, refresh) = await server.BoundAsync(key);
        var proof = server.Proof(key);
        var (_, second) = await server.FormAsync(TokenPath, RefreshForm(refresh), proof).PairAsync();
        var (_, third) = await server.FormAsync(TokenPath, RefreshForm(second), server.Proof(key)).PairAsync();

        // The whole request again, when a second use of that refresh token would end the session.
        using var again = await server.FormAsync(TokenPath, RefreshForm(refresh), proof);
        using var next = await server.FormAsync(TokenPath, RefreshForm(third), proof);

        Assert.Equal(("invalid_dpop_proof", "invalid_dpop_proof"), (await again.ErrorAsync(), await next.ErrorAsync()));
        await server.FormAsync(TokenPath, RefreshForm(third), server.Proof(key)).PairAsync();
    }

    [Fact]
    public async Task The_twin_of_a_proof_is_the_same_proof()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var (name, proof) = server.Proof(key);
        using var first = await server.FormAsync(TokenPath, Grant, Shop, (name, proof));

        // Anybody can negate s, and the signature stays good.
        using var twin = await server.FormAsync(TokenPath, Grant, Shop, (name, ClientKey.TwinOf(proof)));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains(
            "used before",
            (string?)(await twin.BodyAsync())["error_description"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_refused_for_something_else_leaves_the_proof_good()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        var proof = server.Proof(key);

        using var wrong = await server.FormAsync(TokenPath, $"{Grant}&scope=unknown", Shop, proof);
        using var right = await server.FormAsync(TokenPath, Grant, Shop, proof);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (wrong.StatusCode, right.StatusCode));
    }

    [Fact]
    public async Task A_nonce_of_one_node_is_good_on_all_for_five_minutes_and_stands_for_a_clock_that_is_behind()
    {
        await using var first = await Wire.StartAsync();
        await using var second = await TurnstoneServer.StartAsync(AllContracts.MapAll, beside: first);
        using var key = ClientKey.Ec();
        var nonce = await NonceAsync(first, key);
        var (now, yearAgo) = (first.Time.GetUtcNow(), first.Time.GetUtcNow().AddYears(-1).ToUnixTimeSeconds());

        Assert.Null(await RefusedAsync(second, ("nonce", nonce)));
        Assert.Null(await RefusedAsync(second, ("nonce", nonce), ("iat", yearAgo)));
        Assert.Equal(
            "invalid_dpop_proof",
            await RefusedAsync(first, ("nonce", nonce), ("iat", now.AddHours(1).ToUnixTimeSeconds()))
        );
        Assert.Equal("use_dpop_nonce", await RefusedAsync(first, ("nonce", nonce[..^2] + "AA")));
        first.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Null(await RefusedAsync(first, ("nonce", nonce)));
        first.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("use_dpop_nonce", await RefusedAsync(first, ("nonce", nonce)));
        Assert.Null(await RefusedAsync(first, ("nonce", await NonceAsync(first, key))));

        async Task<string?> RefusedAsync(
            TurnstoneServer server,
            params (string, System.Text.Json.Nodes.JsonNode?)[] changes
        )
        {
            using var answer = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key, TokenPath, changes));
            return answer.IsSuccessStatusCode ? null : await answer.ErrorAsync();
        }
    }

    [Fact]
    public async Task A_server_that_needs_nonces_gives_one_with_its_first_answer()
    {
        await using var server = await Wire.StartAsync("Turnstone:RequireDpopNonces=true");
        using var key = ClientKey.Ec();

        using var first = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key));
        var nonce = first.Headers.GetValues("DPoP-Nonce").Single();
        using var second = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key, changes: ("nonce", nonce)));
        using var bearer = await server.FormAsync(TokenPath, Grant, Shop);

        Assert.Equal("use_dpop_nonce", await first.ErrorAsync());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (second.StatusCode, bearer.StatusCode));
    }

    [Fact]
    public async Task A_code_that_is_bound_to_a_key_is_exchanged_with_its_proof_alone()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec();
        using var thief = ClientKey.Ec();

        // Named at the authorization endpoint, named in a pushed request, and shown by a proof with one.
        var named = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("dpop_jkt", key.Thumbprint())));
        var pushed = await PushedAsync($"&dpop_jkt={key.Thumbprint()}");
        var shown = await PushedAsync("", server.Proof(key, PushPath));
        foreach (var code in new[] { named, pushed, shown })
        {
            var form =
                $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}";
            using var none = await server.FormAsync(TokenPath, form, Shop);
            using var other = await server.FormAsync(TokenPath, form, Shop, server.Proof(thief));
            using var own = await server.FormAsync(TokenPath, form, Shop, server.Proof(key));
            Assert.Equal(("invalid_grant", "invalid_grant"), (await none.ErrorAsync(), await other.ErrorAsync()));
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }

        using var two = await PushAsync($"&dpop_jkt={thief.Thumbprint()}", server.Proof(key, PushPath));
        using var elsewhere = await PushAsync("", server.Proof(key));
        using var odd = await PushAsync("&dpop_jkt=short");
        Assert.Equal(
            ("invalid_dpop_proof", "invalid_dpop_proof", "invalid_request"),
            (await two.ErrorAsync(), await elsewhere.ErrorAsync(), await odd.ErrorAsync())
        );

        Task<HttpResponseMessage> PushAsync(string more, params (string, string)[] proof) =>
            server.FormAsync(
                PushPath,
                $"response_type=code&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}&state=s&prompt=consent"
                    + $"&code_challenge={AuthorizeUrl.Challenge}&code_challenge_method=S256{more}",
                [Shop, .. proof]
            );

        async Task<string> PushedAsync(string more, params (string, string)[] proof)
        {
            var name = await PushAsync(more, proof).MemberAsync("request_uri");
            using var visit = await visitor.GetAsync(
                $"/oauth2/authorize?client_id={Known.ClientId}&request_uri={Uri.EscapeDataString(name)}"
            );
            return await visitor.CodeAsync(visit.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task A_page_of_another_origin_may_send_a_proof_and_read_the_nonce()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        const string Origin = "http://127.0.0.1:8500";

        using var preflight = await server.SendAsync(
            HttpMethod.Options,
            TokenPath,
            null,
            ("Origin", Origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "dpop")
        );
        using var answer = await server.FormAsync(
            TokenPath,
            await server.CodeFormAsync(),
            server.Proof(key),
            ("Origin", Origin)
        );

        Assert.Contains(
            "DPoP",
            preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "DPoP-Nonce",
            answer.Headers.GetValues("Access-Control-Expose-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> NonceAsync(TurnstoneServer server, ClientKey key)
    {
        using var answer = await server.FormAsync(TokenPath, Grant, Shop, server.Proof(key));
        return answer.Headers.GetValues("DPoP-Nonce").Single();
    }
}
