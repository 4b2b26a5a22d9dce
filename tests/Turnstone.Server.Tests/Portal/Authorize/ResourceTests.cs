using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Device;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>RFC 8707 from the authorization endpoint on: one consent, one session, a token for each API.</summary>
public sealed class ResourceTests(PortalOfApis fixture) : IClassFixture<PortalOfApis>
{
    private const string Both = $"{KnownApis.Orders}&resource={KnownApis.Stock}";

    private TurnstoneServer Server => fixture.Server;

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

        Assert.Contains("May orders.read", await visitor.PageAsync(url), StringComparison.Ordinal);
        Assert.Contains("Darf orders.read", await visitor.PageAsync($"{url}&ui_locales=de"), StringComparison.Ordinal);
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

    private async Task<JsonObject> ExchangeAsync(string code, string more = "")
    {
        using var answer = await Server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}{more}",
            Shop
        );
        return await answer.BodyAsync();
    }

    private async Task<JsonObject> RefreshAsync(JsonObject tokens, string more)
    {
        using var answer = await Server.FormAsync(
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
