using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Accounts;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Device;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>Step-up (RFC 9470): to a second factor and no further, and what tokens say of it.</summary>
public sealed class StepUpTests
{
    private const string StepUp = "/portal/sign-in/step-up";
    private const string ByPassword = "urn:turnstone:acr:password";
    private const string ByTwo = "urn:turnstone:acr:two-factors";

    [Fact]
    public async Task The_challenge_of_an_API_leads_to_the_second_factor_and_back()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var (key, _) = await visitor.EnableSecondStepAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(5));
        var url = AuthorizeUrl.OAuth2(("scope", "openid"), ("acr_values", ByTwo), ("max_age", "3600"));

        using var raised = await visitor.GetAsync(url);
        var page = raised.Headers.Location!.OriginalString;
        Assert.StartsWith(StepUp, page, StringComparison.Ordinal);
        var text = await visitor.PageAsync(page);
        Assert.DoesNotContain("type=\"password\"", text, StringComparison.Ordinal);
        using var wrong = await SendAsync(visitor, page, text, "000000");
        Assert.Contains("was already used", await wrong.TextAsync(), StringComparison.Ordinal);
        Assert.StartsWith(StepUp, await LocationAsync(visitor, url), StringComparison.Ordinal);

        using var right = await SendAsync(visitor, page, text, Authenticator.Code(key, server.Time.Now));
        var back = right.Headers.Location!.OriginalString;
        Assert.StartsWith("/oauth2/authorize", back, StringComparison.Ordinal);
        var (id, access) = await TokensAsync(server, await visitor.CodeAsync(back));
        foreach (var token in (JsonWebToken[])[id, access])
        {
            Assert.Equal(ByTwo, token.GetClaim("acr").Value);
            Assert.Equal(["pwd", "otp", "mfa"], token.GetPayloadValue<string[]>("amr"));

            // The password was given then.
            Assert.Equal(TurnstoneServer.Start.ToUnixTimeSeconds(), token.GetPayloadValue<long>("auth_time"));
        }

        // Once is enough for the rest of the session.
        using var again = await visitor.GetAsync(url);
        Assert.Contains("code", again.Answer().Keys);
        Assert.Contains(
            await server.AuditAsync(),
            entry => entry is { Event.Known: AuditEvent.Login, Detail: "one-time code beside the password before" }
        );
    }

    [Theory]
    [InlineData("urn:turnstone:acr:two-factors", null, "unmet_authentication_requirements")]
    [InlineData("phr urn:turnstone:acr:two-factors", null, "unmet_authentication_requirements")]
    [InlineData("phr", "none", "unmet_authentication_requirements")]
    public async Task Who_has_no_second_factor_goes_back_to_the_client(string asked, string? prompt, string error)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuth2(("acr_values", asked), ("prompt", prompt)));
        using var decided = await visitor.PostAsync(AuthorizeUrl.OAuth2(("acr_values", asked)), ("decision", "allow"));

        Assert.Equal((error, error), (answer.Answer()["error"], decided.Answer()["error"]));
    }

    [Theory]
    [InlineData("1 2", ByPassword)]
    [InlineData("phr urn:turnstone:acr:password", ByPassword)]
    [InlineData(null, ByPassword)]
    public async Task What_asks_for_nothing_that_is_known_here_is_a_wish(string? asked, string acr)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", "openid"), ("acr_values", asked)));
        var (id, access) = await TokensAsync(server, code);

        Assert.Equal(acr, id.GetClaim("acr").Value);
        Assert.Equal(asked?.Contains("urn", StringComparison.Ordinal) is true, access.TryGetClaim("acr", out _));
    }

    [Fact]
    public async Task An_API_demands_it_of_every_request_and_of_devices_and_its_token_says_so_after_a_refresh_too()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server);
        var store = server.Services.GetRequiredService<IApiStore>();
        var stock = (await store.FindAsync("stock", TestContext.Current.CancellationToken))!;
        var catalogue = server.Services.GetRequiredService<ApiCatalogue>();
        var demanding = stock with { Level = SignInLevel.TwoFactors };
        Assert.NotNull(
            await catalogue.ChangeAsync(stock, demanding, Caller.Operator, TestContext.Current.CancellationToken)
        );
        using var visitor = await Visitor.SignedInAsync(server);
        var (key, _) = await visitor.EnableSecondStepAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var url = AuthorizeUrl.OAuth2(("resource", KnownApis.Stock), ("scope", "stock.read"));

        using var silent = await visitor.GetAsync($"{url}&prompt=none");
        Assert.Equal("login_required", silent.Answer()["error"]);
        var page = await LocationAsync(visitor, url);
        using var right = await SendAsync(
            visitor,
            page,
            await visitor.PageAsync(page),
            Authenticator.Code(key, server.Time.Now)
        );
        var code = await visitor.CodeAsync(right.Headers.Location!.OriginalString);
        var tokens = await (await ExchangeAsync(server, code)).BodyAsync();
        using var refreshed = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}",
            Shop
        );
        var access = (string)(await refreshed.BodyAsync())["access_token"]!;

        Assert.Equal(ByTwo, new JsonWebToken(access).GetClaim("acr").Value);
        using var introspected = await server.FormAsync("/oauth2/introspect", $"token={access}", KnownApis.AsStock);
        var said = await introspected.BodyAsync();
        Assert.Equal(
            (ByTwo, TurnstoneServer.Start.ToUnixTimeSeconds()),
            ((string?)said["acr"], (long?)said["auth_time"])
        );
    }

    [Fact]
    public async Task A_device_is_told_how_surely_its_person_approved()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        Assert.Equal(ByPassword, (await LetInAsync()).GetClaim("acr").Value);

        var (key, _) = await visitor.EnableSecondStepAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var page = $"{StepUp}?ReturnUrl=%2Fportal%2Fdevice";
        var text = await visitor.PageAsync(page);
        using var right = await SendAsync(visitor, page, text, Authenticator.Code(key, server.Time.Now));
        var told = await LetInAsync();

        Assert.Equal(ByTwo, told.GetClaim("acr").Value);
        Assert.Equal(["pwd", "otp", "mfa"], told.GetPayloadValue<string[]>("amr"));
        Assert.Equal(TurnstoneServer.Start.ToUnixTimeSeconds(), told.GetPayloadValue<long>("auth_time"));

        async Task<JsonWebToken> LetInAsync()
        {
            var device = await FakeDevice.BeginAsync(server);
            await device.AnswerAsync(visitor, "allow");
            using var answer = await device.PollAsync();
            return new((await answer.JsonAsync()).GetProperty("id_token").GetString()!);
        }
    }

    [Fact]
    public async Task Nobody_gets_to_the_page_who_is_not_signed_in_and_it_leads_nowhere_else()
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        using var away = await stranger.GetAsync(StepUp);
        Assert.StartsWith("/portal/sign-in?", away.Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var visitor = await Visitor.SignedInAsync(server);
        var (key, _) = await visitor.EnableSecondStepAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var page = $"{StepUp}?ReturnUrl=https%3A%2F%2Fevil.example.test";
        using var right = await SendAsync(
            visitor,
            page,
            await visitor.PageAsync(page),
            Authenticator.Code(key, server.Time.Now)
        );

        Assert.Equal("/portal", right.Headers.Location!.OriginalString);
    }

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    private static Task<HttpResponseMessage> SendAsync(Visitor visitor, string page, string text, string code) =>
        visitor.PostAsync(
            page.Split('?')[0],
            ("__RequestVerificationToken", Visitor.Antiforgery(text)),
            ("ReturnUrl", Steps.Hidden(text, "ReturnUrl")),
            ("Code", code)
        );

    private static async Task<string> LocationAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private static Task<HttpResponseMessage> ExchangeAsync(TurnstoneServer server, string code) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );

    private static async Task<(JsonWebToken Id, JsonWebToken Access)> TokensAsync(TurnstoneServer server, string code)
    {
        using var answer = await ExchangeAsync(server, code);
        var tokens = await answer.BodyAsync();
        return (new((string)tokens["id_token"]!), new((string)tokens["access_token"]!));
    }
}
