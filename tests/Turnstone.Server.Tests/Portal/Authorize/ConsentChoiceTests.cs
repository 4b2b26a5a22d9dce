using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.Device;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>A consent can be given for a time, and for a part of what was asked.</summary>
public sealed class ConsentChoiceTests
{
    private static readonly (string, string) Shop = Wire.Basic(Known.ClientId, Known.ClientSecret);

    [Fact]
    public async Task What_is_given_for_an_hour_ends_after_an_hour_with_all_that_came_of_it()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var url = AuthorizeUrl.OAuth2(("scope", "email"));
        Assert.Contains("For an hour", await visitor.PageAsync(url), StringComparison.Ordinal);
        using var allowed = await visitor.SendAsync(url, null, ("decision", "allow"), ("for", "hour"));
        var (_, refresh) = await ExchangeAsync(server, allowed.Answer()["code"]).PairAsync();
        Assert.Contains("in 1 hour", WebUtility.HtmlDecode(await visitor.PageAsync("/portal/sessions")), Plain);

        server.Time.Advance(TimeSpan.FromMinutes(50));
        using var refreshed = await RefreshAsync(server, refresh);
        var tokens = await refreshed.BodyAsync();
        Assert.Equal(600, (int)tokens["expires_in"]!);
        using var remembered = await visitor.GetAsync(url);
        using var second = await ExchangeAsync(server, remembered.Answer()["code"]);
        Assert.Equal(600, (int)(await second.BodyAsync())["expires_in"]!);

        server.Time.Advance(TimeSpan.FromMinutes(11));
        using var late = await RefreshAsync(server, (string)tokens["refresh_token"]!);
        Assert.Equal("session_expired", Assert.Single(late.Headers.GetValues("Error-Code")));
        using var used = await server.GetAsync("/oauth2/userinfo", (string)tokens["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, used.StatusCode);
        Assert.Contains("wants access", await visitor.PageAsync(url), StringComparison.Ordinal);
        Assert.Contains("No application has access", await visitor.PageAsync("/portal/sessions"), Plain);
    }

    [Fact]
    public async Task Of_what_was_asked_a_part_is_given_and_nothing_else()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var url = AuthorizeUrl.OAuth2(("scope", "openid email individuals.read"));
        using var allowed = await visitor.SendAsync(
            url,
            null,
            ("decision", "allow"),
            ("choice", "yes"),
            ("granted", "email"),
            ("granted", "profile")
        );

        using var answer = await ExchangeAsync(server, allowed.Answer()["code"]);
        Assert.Equal("openid email", (string?)(await answer.BodyAsync())["scope"]);

        // What was left out is asked for again; what was given is not.
        Assert.Contains("wants access", await visitor.PageAsync(url), StringComparison.Ordinal);
        using var less = await visitor.GetAsync(AuthorizeUrl.OAuth2(("scope", "email")));
        Assert.Contains("code", less.Answer().Keys);
    }

    [Fact]
    public async Task Nothing_chosen_is_a_no_and_an_unknown_time_decides_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var url = AuthorizeUrl.OAuth2(("scope", "email"));

        using var nothing = await visitor.SendAsync(url, null, ("decision", "allow"), ("choice", "yes"));
        Assert.Equal("access_denied", nothing.Answer()["error"]);
        using var unknown = await visitor.SendAsync(url, null, ("decision", "allow"), ("for", "ever"));
        Assert.Equal(HttpStatusCode.OK, unknown.StatusCode);
        Assert.Contains("wants access", await visitor.PageAsync(url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_let_in_for_a_time_and_for_a_part_too()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server, Known.ClientId);
        using var allowed = await visitor.SendAsync(
            "/portal/device",
            null,
            ("Code", device.UserCode),
            ("decision", "allow"),
            ("for", "hour"),
            ("choice", "yes")
        );
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);

        using var answer = await device.PollAsync();
        var tokens = await answer.BodyAsync();
        Assert.Equal("openid", (string?)tokens["scope"]);
        server.Time.Advance(TimeSpan.FromMinutes(61));
        using var late = await RefreshAsync(server, (string)tokens["refresh_token"]!);
        Assert.Equal("session_expired", Assert.Single(late.Headers.GetValues("Error-Code")));
    }

    /// <summary>A company acts for its user by what the user has said yes to, so not for longer.</summary>
    [Fact]
    public async Task What_a_company_opens_for_its_user_ends_with_the_users_consent()
    {
        await using var server = await PortalServer.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var code = await server
            .Of<OneTimeCodes>()
            .MintAsync(
                new CodeOrder
                {
                    Contract = OAuthV1Contract.Family,
                    Account = (await Known.AccountAsync(server.Services, Known.OtherEmail))!,
                    ClientId = Known.ClientId,
                    RedirectUri = Known.RedirectUri,
                    Scopes = Scopes.Of(["individuals.read"]),
                    SessionEndsAt = server.Time.GetUtcNow().AddHours(1),
                },
                TimeSpan.FromSeconds(60),
                new Caller("127.0.0.1"),
                TestContext.Current.CancellationToken
            );
        await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)).PairAsync();

        using var opened = await server.JsonAsync(
            "/v1/oauth/token/create/user",
            Wire.Json(("user_input", Known.OtherEmail)),
            ("Authorization", $"Bearer {company}")
        );

        Assert.Equal(3_600, (int)(await opened.BodyAsync())["expires_in"]!);
    }

    private const StringComparison Plain = StringComparison.Ordinal;

    private static Task<HttpResponseMessage> ExchangeAsync(TurnstoneServer server, string code) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );

    private static Task<HttpResponseMessage> RefreshAsync(TurnstoneServer server, string token) =>
        server.FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={token}", Shop);
}
