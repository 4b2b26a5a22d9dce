using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Device;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>RFC 8707 from the authorization endpoint on: one consent, one session, a token for each API.</summary>
public sealed class ResourceTests(PortalOfApis fixture) : IClassFixture<PortalOfApis>
{
    private const string Both = $"{KnownApis.Orders}&resource={KnownApis.Stock}";

    private TurnstoneServer Server => fixture.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_for_two_APIs_gives_a_token_for_each_and_for_no_other()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var first = await ExchangeAsync(await visitor.CodeAsync(For(Both, "openid orders.read stock.read")));

        // Who names none gets the first.
        Is(first, KnownApis.Orders, "openid orders.read", 300);

        var stock = await RefreshAsync(first, $"&resource={KnownApis.Stock}");
        Is(stock, KnownApis.Stock, "openid stock.read", 3600);
        Assert.Equal("invalid_target", (string?)(await RefreshAsync(stock, "&resource=urn:example:open"))["error"]);
        Assert.Equal(
            "invalid_target",
            (string?)(await RefreshAsync(stock, $"&resource={KnownApis.Settings}"))["error"]
        );
        Assert.Equal(
            "invalid_scope",
            (string?)(await RefreshAsync(stock, $"&resource={KnownApis.Stock}&scope=orders.read"))["error"]
        );

        // What was refused has consumed nothing. A scope may be left out, so that the API cannot ask who signs in.
        Is(
            await RefreshAsync(stock, $"&resource={KnownApis.Stock}&scope=stock.read"),
            KnownApis.Stock,
            "stock.read",
            3600
        );
    }

    [Fact]
    public async Task A_code_for_one_API_is_exchanged_for_no_other_and_stays_good()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var code = await visitor.CodeAsync(For(KnownApis.Orders, "orders.read"));

        Assert.Equal("invalid_target", (string?)(await ExchangeAsync(code, $"&resource={KnownApis.Stock}"))["error"]);
        Is(await ExchangeAsync(code, $"&resource={KnownApis.Orders}"), KnownApis.Orders, "orders.read", 300);
    }

    [Fact]
    public async Task A_token_for_an_API_tells_userinfo_who_signed_in_if_openid_was_asked_for()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        foreach (
            var (scope, status) in new[]
            {
                ("openid email orders.read", HttpStatusCode.OK),
                ("orders.read", HttpStatusCode.Forbidden),
            }
        )
        {
            var tokens = await ExchangeAsync(await visitor.CodeAsync(For(KnownApis.Orders, scope)));
            using var answer = await Server.GetAsync("/oauth2/userinfo", (string)tokens["access_token"]!);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("https://unknown.example.test", null, "invalid_target")]
    [InlineData(KnownApis.Orders, "stock.read", "invalid_scope")]
    [InlineData(null, "orders.read stock.read", "invalid_target")]
    public async Task What_cannot_be_meant_goes_back_to_the_client(string? resource, string? scope, string error)
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuth2(("resource", resource), ("scope", scope)));

        Assert.Equal(error, answer.Answer()["error"]);
    }

    [Fact]
    public async Task The_page_of_the_question_has_a_sentence_for_each_scope_in_the_readers_language()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var url = AuthorizeUrl.OAuth2(("resource", KnownApis.Orders), ("scope", "orders.read"), ("prompt", "consent"));

        var page = await visitor.PageAsync(url);
        Assert.Contains("May orders.read", page, StringComparison.Ordinal);
        Assert.Contains($"<strong>orders</strong> <code>{KnownApis.Orders}</code>", page, StringComparison.Ordinal);
        Assert.Contains("Darf orders.read", await visitor.PageAsync($"{url}&ui_locales=de"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_record_keeps_what_the_page_said_of_each_scope()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        using var visitor = await Visitor.SignedInAsync(server);
        var url = AuthorizeUrl.OAuth2(("resource", KnownApis.Orders), ("scope", "orders.read"));
        await visitor.CodeAsync($"{url}&ui_locales=de");

        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(
                new AuditQuery { Event = AuditEvent.ConsentGiven },
                TestContext.Current.CancellationToken
            );

        Assert.Equal($"orders.read “Darf orders.read” for {KnownApis.Orders}", Assert.Single(entries).Detail);
    }

    /// <summary>A name that an API has given up is nobody's.</summary>
    [Fact]
    public async Task A_scope_that_an_API_has_given_up_is_inherited_by_nobody()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(For(Both, "orders.read stock.read"));
        var tokens = await ExchangeAsync(server, code);
        await ChangeAsync(server, "orders", api => api with { Scopes = [KnownApis.Scope("orders.write")] });

        var catalogue = server.Services.GetRequiredService<ApiCatalogue>();
        var heir = KnownApis.Of("heir", "https://heir.example.test", "orders.read");
        var problem = Assert.Single(await catalogue.ProblemsOfAsync(heir, ["en", "de"], [], Cancel));
        Assert.Equal((ApiFlaw.ScopeFormer, "orders.read"), (problem.Flaw, problem.About));
        Assert.Null(await catalogue.AddAsync(heir, Caller.Operator, Cancel));
        var stock = (await server.Services.GetRequiredService<IApiStore>().FindAsync("stock", Cancel))!;
        var grabbed = stock with { Scopes = [.. stock.Scopes, KnownApis.Scope("orders.read")] };
        Assert.Null(await catalogue.ChangeAsync(stock, grabbed, Caller.Operator, Cancel));

        using var program = await server.FormAsync(
            "/oauth2/token",
            "grant_type=client_credentials&scope=orders.read",
            Shop
        );
        Assert.Equal("invalid_scope", (string?)(await program.BodyAsync())["error"]);
        var refreshed = await RefreshAsync(server, tokens, $"&resource={KnownApis.Stock}");
        Assert.Equal("stock.read", (string?)refreshed["scope"]);
        refreshed = await RefreshAsync(server, refreshed, $"&resource={KnownApis.Orders}");
        Assert.Equal("", (string?)refreshed["scope"] ?? "");

        // Its own API may take the name back.
        await ChangeAsync(server, "orders", api => api with { Scopes = [KnownApis.Scope("orders.read")] });
        refreshed = await RefreshAsync(server, refreshed, $"&resource={KnownApis.Orders}");
        Assert.Equal("orders.read", (string?)refreshed["scope"]);
    }

    [Fact]
    public async Task A_refresh_tells_a_client_that_is_not_its_own_nothing_of_what_was_granted()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var tokens = await ExchangeAsync(await visitor.CodeAsync(For(Both, "orders.read stock.read")));
        var old = tokens["refresh_token"]!.DeepClone();
        foreach (var more in new[] { "&resource=urn:example:nobody", "&scope=nothing", $"&resource={Both}" })
        {
            using var foreign = await Server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={old}{more}",
                Wire.Basic(Known.OtherClientId, Known.OtherClientSecret)
            );
            var told = await foreign.BodyAsync();
            Assert.Equal("invalid_grant", (string?)told["error"]);
            Assert.DoesNotContain("example.test/v1", told.ToJsonString(), StringComparison.Ordinal);
        }

        // Nor whoever has a token that was replaced: asking wrongly is no way around the alarm.
        tokens = await RefreshAsync(tokens, "");
        tokens = await RefreshAsync(tokens, "");
        using var thief = await Server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={old}&resource=urn:example:nobody",
            Shop
        );
        Assert.Equal("invalid_grant", (string?)(await thief.BodyAsync())["error"]);
        Assert.Equal("invalid_grant", (string?)(await RefreshAsync(tokens, ""))["error"]);
    }

    [Fact]
    public async Task Tokens_of_one_generation_for_two_APIs_have_ids_of_their_own()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var tokens = await ExchangeAsync(await visitor.CodeAsync(For(Both, "orders.read stock.read")));
        List<string> ids = [];
        foreach (var resource in new[] { KnownApis.Orders, KnownApis.Stock, KnownApis.Orders })
        {
            using var answer = await Server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}&resource={resource}",
                Shop,
                ("Idempotency-Key", "one refresh, asked for twice")
            );
            ids.Add(new JsonWebToken((string)(await answer.BodyAsync())["access_token"]!).Id);
        }

        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids[0], ids[2]);
    }

    /// <summary>RFC 9470: what a sign-in is not, no refresh makes it.</summary>
    [Fact]
    public async Task A_refresh_is_refused_when_its_API_has_come_to_demand_more_and_consumes_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        using var visitor = await Visitor.SignedInAsync(server);
        var tokens = await ExchangeAsync(server, await visitor.CodeAsync(For(KnownApis.Stock, "stock.read")));
        await ChangeAsync(server, "stock", api => api with { Level = SignInLevel.TwoFactors });

        var refused = await RefreshAsync(server, tokens, "");
        Assert.Equal("invalid_grant", (string?)refused["error"]);
        Assert.Contains("a surer sign-in", (string)refused["error_description"]!, StringComparison.Ordinal);

        await ChangeAsync(server, "stock", api => api with { Level = null });
        Is(await RefreshAsync(server, tokens, ""), KnownApis.Stock, "stock.read", 3600);
    }

    [Fact]
    public async Task A_consent_for_one_API_is_none_for_another()
    {
        using var visitor = await Visitor.SignedInAsync(Server, Known.OtherEmail);
        var orders = AuthorizeUrl.OAuth2(("resource", KnownApis.Orders), ("scope", "openid"), ("prompt", "none"));
        var open = AuthorizeUrl.OAuth2(("resource", KnownApis.Open), ("scope", "openid"), ("prompt", "none"));
        await visitor.CodeAsync(AuthorizeUrl.OAuth2(("resource", KnownApis.Orders), ("scope", "openid")));

        using var remembered = await visitor.GetAsync(orders);
        using var asked = await visitor.GetAsync(open);

        Assert.Contains("code", remembered.Answer().Keys);
        Assert.Equal("consent_required", asked.Answer()["error"]);
    }

    [Fact]
    public async Task A_pushed_request_and_a_device_name_their_API_too()
    {
        using var visitor = await Visitor.SignedInAsync(Server);
        var request = For(KnownApis.Orders, "orders.read").Split('?')[1];
        using var pushed = await Server.FormAsync("/oauth2/par", request, Shop);
        var name = Uri.EscapeDataString((string)(await pushed.BodyAsync())["request_uri"]!);
        using var taken = await visitor.GetAsync($"/oauth2/authorize?client_id={Known.ClientId}&request_uri={name}");
        var code = await visitor.CodeAsync(taken.Headers.Location!.ToString());
        Is(await ExchangeAsync(code), KnownApis.Orders, "orders.read", 300);

        using var wrong = await Server.FormAsync("/oauth2/par", $"{request}&resource=urn:example:nobody", Shop);
        Assert.Equal("invalid_target", (string?)(await wrong.BodyAsync())["error"]);

        using var begun = await Server.FormAsync(
            "/oauth2/device_authorization",
            $"resource={KnownApis.Stock}&scope=stock.read",
            Shop
        );
        var codes = await begun.BodyAsync();
        var userCode = (string)codes["user_code"]!;
        using var allowed = await visitor.SendAsync(
            "/portal/device",
            form: null,
            ("Code", userCode),
            ("decision", "allow")
        );
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        using var answer = await Server.FormAsync(
            "/oauth2/token",
            $"grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={codes["device_code"]}",
            Shop
        );
        Is(await answer.BodyAsync(), KnownApis.Stock, "stock.read", 3600);
    }

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    // The parameter may come several times, so it is not one of those that are changed by name.
    private static string For(string resources, string scope) =>
        $"{AuthorizeUrl.OAuth2(("scope", scope), ("prompt", "consent"))}&resource={resources}";

    private static void Is(JsonObject answer, string audience, string scope, int seconds)
    {
        Assert.True(answer.ContainsKey("access_token"), answer.ToJsonString());
        var token = new JsonWebToken((string)answer["access_token"]!);
        Assert.Equal([audience], token.Audiences);
        Assert.Equal(
            (scope, scope, seconds, TimeSpan.FromSeconds(seconds)),
            (
                token.GetClaim("scope").Value,
                (string?)answer["scope"],
                (int)answer["expires_in"]!,
                token.ValidTo - token.IssuedAt
            )
        );
    }

    private Task<JsonObject> ExchangeAsync(string code, string more = "") => ExchangeAsync(Server, code, more);

    private Task<JsonObject> RefreshAsync(JsonObject tokens, string more) => RefreshAsync(Server, tokens, more);

    private static async Task ChangeAsync(TurnstoneServer server, string id, Func<Api, Api> change)
    {
        var known = (await server.Services.GetRequiredService<IApiStore>().FindAsync(id, Cancel))!;
        var catalogue = server.Services.GetRequiredService<ApiCatalogue>();
        Assert.NotNull(await catalogue.ChangeAsync(known, change(known), Caller.Operator, Cancel));
    }

    private static async Task<JsonObject> ExchangeAsync(TurnstoneServer server, string code, string more = "")
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}{more}",
            Shop
        );
        return await answer.BodyAsync();
    }

    private static async Task<JsonObject> RefreshAsync(TurnstoneServer server, JsonObject tokens, string more)
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}{more}",
            Shop
        );
        return await answer.BodyAsync();
    }
}

/// <summary>One portal with <see cref="KnownApis"/> for all of them.</summary>
public sealed class PortalOfApis : IAsyncLifetime
{
    public TurnstoneServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(Server);
        await KnownApis.ChangeAsync(
            Server,
            Known.ClientId,
            client =>
                client with
                {
                    GrantTypes = [.. client.GrantTypes, "urn:ietf:params:oauth:grant-type:device_code"],
                }
        );
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
