using System.Net;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.Dpop.DpopClient;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>The FAPI 2.0 Security Profile, which a client keeps by one word; docs/standards.md has its rows.</summary>
public sealed class Fapi2Tests
{
    private const string Id = AssertingClient.Id;

    private static readonly (string Name, string? Value)[] Request =
    [
        ("response_type", "code"),
        ("client_id", Id),
        ("redirect_uri", Known.RedirectUri),
        ("scope", "openid individuals.read"),
        ("state", "s"),
        ("code_challenge", AuthorizeUrl.Challenge),
        ("code_challenge_method", "S256"),
    ];

    [Fact]
    public async Task A_whole_sign_in_gives_bound_tokens_and_a_refresh_token_that_stays()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server.Server);
        var (key, bound) = (server.Key, server.Bound);

        // Of 64 characters, which every such server has to take (§5.3.2.2).
        var nonce = new string('n', 64);
        var name = await server.PushAsync([.. Request, ("nonce", nonce)]).MemberAsync("request_uri");
        using var visit = await visitor.GetAsync(
            $"/oauth2/authorize?client_id={Id}&request_uri={Uri.EscapeDataString(name)}"
        );
        Assert.False(visit.Headers.Contains("Access-Control-Allow-Origin"));
        var sent = (await visitor.DecideAsync(visit.Headers.Location!.OriginalString)).Answer();
        Assert.Equal(("s", AssertingClient.Issuer), (sent["state"], sent["iss"]));

        using var answer = await server.AskAsync(
            $"grant_type=authorization_code&code={sent["code"]}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}"
        );
        var tokens = await answer.BodyAsync();
        Assert.Equal("DPoP", (string?)tokens["token_type"]);
        Assert.Equal(bound.Thumbprint(), KeyOf((string)tokens["access_token"]!));
        Assert.Equal("ES256", new JsonWebToken((string)tokens["access_token"]!).Alg);
        var id = new JsonWebToken((string)tokens["id_token"]!);
        Assert.Equal(("ES256", nonce), (id.Alg, id.GetClaim("nonce").Value));

        // The same refresh token again and again; each answer has an access token of its own.
        var ids = new HashSet<string> { new JsonWebToken((string)tokens["access_token"]!).Id };
        for (var i = 0; i < 4; i++)
        {
            server.Server.Time.Advance(TimeSpan.FromSeconds(20));
            using var refreshed = await server.AskAsync(RefreshForm((string)tokens["refresh_token"]!, Id));
            var body = await refreshed.BodyAsync();
            Assert.Equal((HttpStatusCode.OK, false), (refreshed.StatusCode, body.ContainsKey("refresh_token")));
            Assert.True(ids.Add(new JsonWebToken((string)body["access_token"]!).Id));
        }
    }

    [Fact]
    public async Task The_same_refresh_is_known_by_its_idempotency_key()
    {
        await using var server = await StartAsync();
        var code = await server.Server.CodeFormAsync(Id);
        using var answer = await server.AskAsync(code);
        var form = RefreshForm((string)(await answer.BodyAsync())["refresh_token"]!, Id);

        async Task<string> IdAsync(string key)
        {
            using var refreshed = await server.AskAsync(form, headers: [("Idempotency-Key", key)]);
            server.Server.Time.Advance(TimeSpan.FromSeconds(20));
            return new JsonWebToken((string)(await refreshed.BodyAsync())["access_token"]!).Id;
        }

        var (first, again, other) = (await IdAsync("one"), await IdAsync("one"), await IdAsync("two"));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task It_gets_nothing_without_each_of_its_proofs()
    {
        await using var server = await StartAsync();
        using var rsa = ClientKey.Rsa();
        var (key, time) = (server.Key, server.Server.Time);

        // The assertion: for the issuer alone, as a string, in a way that the profile allows.
        foreach (
            var aud in new JsonNode[]
            {
                $"{AssertingClient.Issuer}/oauth2/token",
                new JsonArray(AssertingClient.Issuer),
                new JsonArray(AssertingClient.Issuer, $"{AssertingClient.Issuer}/oauth2/token"),
            }
        )
        {
            using var answer = await server.AskAsync(AssertingClient.Grant, ("aud", aud));
            Assert.Equal("invalid_client", await answer.ErrorAsync());
        }

        using var good = await server.AskAsync(AssertingClient.Grant);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);

        // The proof of possession.
        var proof = AssertingClient.Proof(server.Server, key);
        using var none = await server.Server.FormAsync(TokenPath, $"{AssertingClient.Grant}&{proof}");
        Assert.Equal("invalid_dpop_proof", await none.ErrorAsync());
        proof = AssertingClient.Proof(server.Server, key);
        using var weak = await server.Server.FormAsync(
            TokenPath,
            $"{AssertingClient.Grant}&{proof}",
            server.Server.Proof(rsa)
        );
        Assert.Equal("invalid_dpop_proof", await weak.ErrorAsync());

        // The request: pushed, with PKCE and an address.
        using var visitor = await Visitor.SignedInAsync(server.Server);
        using var plain = await visitor.GetAsync(AuthorizeUrl.OAuth2(("client_id", Id)));
        Assert.Equal("invalid_request", plain.Answer()["error"]);
        foreach (var missing in new[] { "code_challenge", "redirect_uri", "code_challenge_method" })
        {
            using var answer = await server.PushAsync(Array.FindAll(Request, pair => pair.Name != missing));
            Assert.Equal("invalid_request", await answer.ErrorAsync());
        }

        string?[] challenge = ["code_challenge", "code_challenge_method"];
        using var open = await server.PushAsync(Array.FindAll(Request, pair => !challenge.Contains(pair.Name)));
        Assert.Equal("invalid_request", await open.ErrorAsync());
    }

    [Fact]
    public async Task An_assertion_by_RS256_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        using var rsa = ClientKey.Rsa();
        using var bound = ClientKey.Ec();
        await AssertingClient.AddAsync(server, rsa, client => client with { Profile = ClientProfile.Fapi2 });

        using var answer = await server.FormAsync(
            TokenPath,
            $"{AssertingClient.Grant}&{AssertingClient.Proof(server, rsa)}",
            server.Proof(bound)
        );

        Assert.Equal("invalid_client", await answer.ErrorAsync());
        Assert.Contains("PS256", (string?)(await answer.BodyAsync())["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_registration_is_checked_as_a_whole()
    {
        var client = new Client
        {
            Id = "wrong",
            Name = "wrong",
            Public = true,
            Algorithm = SigningAlgorithm.RS256,
            GrantTypes = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
            RedirectUris = ["https://a.example.test/", "http://127.0.0.1/", "http://a.example.test/", "app:/back"],
            Profile = ClientProfile.Fapi2,
            CreatedAt = default,
        };

        Assert.Equal(
            ["tokenEndpointAuthMethod", "public", "signingAlgorithm", "grantTypes", "redirectUris", "redirectUris"],
            Fapi2Profile.ProblemsOf(client).Select(problem => problem.Member)
        );
    }

    private static async Task<Fapi2Server> StartAsync()
    {
        var server = new Fapi2Server(await PortalServer.StartAsync());
        await AssertingClient.AddAsync(
            server.Server,
            server.Key,
            client => client with { Profile = ClientProfile.Fapi2 }
        );
        return server;
    }

    /// <summary>A server with such a client, and what the client sends.</summary>
    private sealed class Fapi2Server(TurnstoneServer server) : IAsyncDisposable
    {
        public TurnstoneServer Server => server;

        public ClientKey Key { get; } = ClientKey.Ec();

        public ClientKey Bound { get; } = ClientKey.Ec("bound");

        public Task<HttpResponseMessage> PushAsync((string Name, string? Value)[] parameters) =>
            server.FormAsync(
                PushPath,
                string.Join('&', parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"))
                    + $"&{AssertingClient.Proof(server, Key)}",
                server.Proof(Bound, PushPath)
            );

        public Task<HttpResponseMessage> AskAsync(
            string form,
            (string Claim, JsonNode Value)? different = null,
            params (string, string)[] headers
        )
        {
            var claims = AssertingClient.Claims(server);
            if (different is var (claim, value))
            {
                claims[claim] = value;
            }

            return server.FormAsync(
                TokenPath,
                $"{form}&{AssertingClient.Proof(Key.Sign(claims))}",
                [server.Proof(Bound), .. headers]
            );
        }

        public async ValueTask DisposeAsync()
        {
            Key.Dispose();
            Bound.Dispose();
            await server.DisposeAsync();
        }
    }
}
