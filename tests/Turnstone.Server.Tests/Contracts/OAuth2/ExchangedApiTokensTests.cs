using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Administration;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>
/// RFC 8693 for a token of a registered API: one for that API and no other, for a client that may use it.
/// </summary>
public sealed class ExchangedApiTokensTests
{
    private static readonly (string, string) Shop = Wire.Basic(Known.ClientId, Known.ClientSecret);
    private static readonly (string, string) Depot = Wire.Basic(Known.OtherClientId, Known.OtherClientSecret);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_for_one_of_two_APIs_is_exchanged_for_that_one_with_its_scopes_alone()
    {
        await using var server = await StartAsync();
        var session = await SignInAsync(server);
        var (orders, stock) = (session.Orders, session.Stock);
        server.Time.Advance(TimeSpan.FromMinutes(2));

        // As that API demands, and no longer than the token that was shown.
        var plain = await GrantedAsync(server, orders, "");
        Assert.Equal((KnownApis.Orders, "orders.read", "RS256", 180), plain.Facts);
        Assert.Equal(orders.ValidTo, plain.Token.ValidTo);
        Assert.Equal(
            (orders.Subject, orders.GetClaim("sid").Value, Exchanging.Agent),
            (plain.Token.Subject, plain.Token.GetClaim("sid").Value, plain.Token.GetClaim("client_id").Value)
        );
        var named = await GrantedAsync(server, orders, $"&resource={KnownApis.Orders}&audience={KnownApis.Orders}");
        Assert.Equal((KnownApis.Orders, "orders.read", "RS256", 180), named.Facts);
        var other = await GrantedAsync(server, stock, $"&audience={KnownApis.Stock}&scope=stock.read");
        Assert.Equal((KnownApis.Stock, "stock.read", "ES256", 3480), other.Facts);

        foreach (
            var target in new[]
            {
                $"&resource={KnownApis.Stock}",
                $"&audience={KnownApis.Stock}",
                $"&resource={KnownApis.Orders}&resource={KnownApis.Stock}",
                $"&resource={KnownApis.Settings}",
            }
        )
        {
            Assert.Equal("invalid_target", await ErrorAsync(server, orders, target));
        }

        Assert.Equal("invalid_target", await ErrorAsync(server, plain.Token, $"&resource={KnownApis.Stock}"));
        Assert.Equal("invalid_scope", await ErrorAsync(server, orders, "&scope=stock.read"));
        Assert.Equal("invalid_scope", await ErrorAsync(server, orders, "&scope=orders.read stock.read"));
        Assert.Equal("invalid_scope", await ErrorAsync(server, orders, "&scope=orders.write"));
    }

    [Fact]
    public async Task It_says_who_acts_and_how_the_person_signed_in_to_that_API_alone()
    {
        await using var server = await StartAsync();
        var (orders, _) = await SignInAsync(server);

        var acting = await GrantedAsync(server, orders, Exchanging.ActsBy(await server.OwnTokenAsync()));

        var facts = await FactsAsync(server, acting.Token, KnownApis.AsOrders);
        Assert.Equal("""{"sub":"own","client_id":"own"}""", facts["act"]?.ToJsonString());
        Assert.Equal(
            ("urn:turnstone:acr:password", TurnstoneServer.Start.ToUnixTimeSeconds()),
            ((string?)facts["acr"], (long?)facts["auth_time"])
        );
        Assert.False((bool)(await FactsAsync(server, acting.Token, KnownApis.AsStock))["active"]!);
        using var ours = await server.GetAsync("/v3/individuals", acting.Token.EncodedToken);
        Assert.Equal(HttpStatusCode.Unauthorized, ours.StatusCode);
    }

    /// <summary>An API without scopes would open to whoever may exchange.</summary>
    [Fact]
    public async Task Only_a_client_that_may_exchange_and_is_registered_for_the_API_gets_one()
    {
        await using var server = await StartAsync();
        var (orders, _) = await SignInAsync(server);
        var open = new JsonWebToken(
            await server
                .FormAsync("/oauth2/token", $"grant_type=client_credentials&resource={KnownApis.Open}", Shop)
                .MemberAsync("access_token")
        );

        Assert.Equal("unauthorized_client", await ErrorAsync(server, orders, "", Depot));
        Assert.Equal("unauthorized_client", await ErrorAsync(server, orders, "", KnownApis.AsOrders));
        Assert.Equal("invalid_target", await ErrorAsync(server, open, ""));
        Assert.Equal("invalid_target", await ErrorAsync(server, open, $"&resource={KnownApis.Open}"));
        await OwnClient.ChangeAsync(
            server,
            client => client with { Scopes = Scopes.Of(["stock.read"]), Resources = Resources(KnownApis.Open) }
        );
        Assert.Equal("invalid_target", await ErrorAsync(server, orders, ""));
        Assert.Equal(KnownApis.Open, (await GrantedAsync(server, open, "")).Facts.Audience);
    }

    [Fact]
    public async Task It_is_refused_where_the_API_has_come_to_demand_a_surer_sign_in()
    {
        await using var server = await StartAsync();
        var (orders, stock) = await SignInAsync(server);
        var store = server.Services.GetRequiredService<Directory.IApiStore>();
        var known = (await store.FindAsync("stock", Cancel))!;
        var demanding = known with { Level = Directory.SignInLevel.TwoFactors };
        Assert.NotNull(
            await server
                .Services.GetRequiredService<ApiCatalogue>()
                .ChangeAsync(known, demanding, Caller.Operator, Cancel)
        );

        Assert.Equal("invalid_request", await ErrorAsync(server, stock, ""));
        Assert.Equal(KnownApis.Orders, (await GrantedAsync(server, orders, "")).Facts.Audience);
    }

    [Fact]
    public async Task It_ends_with_the_session_that_it_comes_from()
    {
        await using var server = await StartAsync();
        var (orders, _) = await SignInAsync(server);
        var exchanged = (await GrantedAsync(server, orders, "")).Token;
        Assert.True((bool)(await FactsAsync(server, exchanged, KnownApis.AsOrders))["active"]!);
        Assert.True(SessionId.TryParse(orders.GetClaim("sid").Value, out var session));

        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAsync(session.Value, RevocationReason.ByOwner, Caller.Operator, Cancel);

        Assert.False((bool)(await FactsAsync(server, exchanged, KnownApis.AsOrders))["active"]!);
        Assert.Equal("invalid_request", await ErrorAsync(server, orders, ""));
    }

    private static Turnstone.Model.Resources Resources(string identifier) => Turnstone.Model.Resources.Of([identifier]);

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        await Exchanging.AddAsync(
            server,
            client => client with { Scopes = Scopes.Of(["individuals.read", "orders.read", "stock.read"]) }
        );
        return server;
    }

    /// <summary>Somebody lets the shop in to two APIs; it has a token for each.</summary>
    private static async Task<(JsonWebToken Orders, JsonWebToken Stock)> SignInAsync(TurnstoneServer server)
    {
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(
            AuthorizeUrl.OAuth2(
                ("scope", "offline_access orders.read stock.read"),
                ("acr_values", "urn:turnstone:acr:password")
            ) + $"&resource={KnownApis.Orders}&resource={KnownApis.Stock}"
        );
        using var first = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );
        var tokens = await first.BodyAsync();
        var second = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}&resource={KnownApis.Stock}",
                Shop
            )
            .MemberAsync("access_token");
        return (new((string)tokens["access_token"]!), new(second));
    }

    private static async Task<(
        JsonWebToken Token,
        (string Audience, string Scope, string Algorithm, int ExpiresIn) Facts
    )> GrantedAsync(TurnstoneServer server, JsonWebToken subject, string more)
    {
        using var answer = await server.ExchangeAsync(subject.EncodedToken, more);
        var body = await answer.BodyAsync();
        Assert.True(answer.IsSuccessStatusCode, body.ToJsonString());
        var token = new JsonWebToken((string)body["access_token"]!);
        Assert.Equal((string?)body["scope"] ?? "", token.GetClaim("scope").Value);
        return (token, (token.Audiences.Single(), token.GetClaim("scope").Value, token.Alg, (int)body["expires_in"]!));
    }

    private static async Task<string?> ErrorAsync(
        TurnstoneServer server,
        JsonWebToken subject,
        string more,
        (string, string)? client = null
    )
    {
        using var answer = await server.ExchangeAsync(subject.EncodedToken, more, client);
        return await Registering.ErrorAsync(answer);
    }

    private static async Task<JsonObject> FactsAsync(
        TurnstoneServer server,
        JsonWebToken token,
        (string, string) client
    )
    {
        using var answer = await server.FormAsync("/oauth2/introspect", $"token={token.EncodedToken}", client);
        return await answer.BodyAsync();
    }
}
