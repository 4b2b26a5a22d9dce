using System.Net;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Threats of RFC 6819 (OAuth 2.0 Threat Model), by its sections, beside those that RFC 9700 has too;
/// docs/standards.md lists them all.
/// </summary>
public sealed class Rfc6819Tests
{
    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    [Fact]
    public async Task Section_4_2_3_what_one_client_was_let_do_is_nothing_to_another_or_to_who_says_it_is_the_one()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var silent = ("prompt", "none");
        await visitor.CodeAsync(AuthorizeUrl.OAuth2());
        await visitor.CodeAsync(AuthorizeUrl.OAuth2(("client_id", Known.PublicClientId)));

        using var own = await visitor.GetAsync(AuthorizeUrl.OAuth2(silent));
        using var other = await visitor.GetAsync(AuthorizeUrl.OAuth2(("client_id", Known.OtherClientId), silent));
        using var anybody = await visitor.GetAsync(AuthorizeUrl.OAuth2(("client_id", Known.PublicClientId), silent));

        Assert.Contains("code", own.Answer().Keys);
        Assert.Equal("consent_required", other.Answer()["error"]);
        Assert.Equal("interaction_required", anybody.Answer()["error"]);
    }

    [Theory]
    [InlineData("4.3.5", "grant_type=client_credentials", "a guess")]
    [InlineData("4.4.1.3", "grant_type=authorization_code&code=", Known.ClientSecret)]
    [InlineData("4.5.3", "grant_type=refresh_token&refresh_token=", Known.ClientSecret)]
    public async Task Sections_about_guessing_at_the_token_endpoint_end_in_a_wait(
        string section,
        string form,
        string secret
    )
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=5");

        for (var guess = 0; guess < 5; guess++)
        {
            using var wrong = await GuessAsync(guess);
            Assert.True(wrong.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, section);
        }

        using var late = await GuessAsync(6);
        Assert.Equal(HttpStatusCode.TooManyRequests, late.StatusCode);
        Assert.NotNull(late.Headers.RetryAfter);

        Task<HttpResponseMessage> GuessAsync(int guess)
        {
            var guessed = form.EndsWith('=') ? $"{form}guess{guess}" : form;
            return server.FormAsync("/oauth2/token", guessed, Wire.Basic(Known.ClientId, secret));
        }
    }

    [Theory]
    [InlineData("allow")]
    [InlineData("deny")]
    public async Task Section_4_4_1_10_nobody_decides_in_the_place_of_the_one_who_reads_the_page(string decision)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var url = AuthorizeUrl.OAuth2();
        var others = Visitor.Antiforgery(await other.PageAsync(url));

        using var byLink = await visitor.GetAsync($"{url}&decision={decision}");
        using var byForm = await visitor.PostAsync(url, ("decision", decision));
        using var byOther = await visitor.PostAsync(
            url,
            ("decision", decision),
            ("__RequestVerificationToken", others)
        );

        Assert.Equal(HttpStatusCode.OK, byLink.StatusCode);
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
            (byForm.StatusCode, byOther.StatusCode)
        );
    }

    [Fact]
    public async Task Section_4_4_1_12_made_up_codes_cost_a_look_and_leave_nothing()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync(OAuth2Contract.Family);

        for (var round = 0; round < 20; round++)
        {
            using var wrong = await ExchangeAsync($"{code[..^4]}{round:x4}");
            Assert.Equal("invalid_grant", await wrong.ErrorAsync());
        }

        using var long9000 = await ExchangeAsync(new string('x', 9000));
        Assert.Equal("invalid_request", await long9000.ErrorAsync());
        using var right = await ExchangeAsync(code);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);

        Task<HttpResponseMessage> ExchangeAsync(string text) =>
            server.FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={text}",
                Shop
            );
    }

    [Fact]
    public async Task Section_4_6_6_nothing_between_us_and_the_client_keeps_what_is_secret()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var page = await visitor.GetAsync(AuthorizeUrl.OAuth2());
        using var decided = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("scope", "openid")));
        using var tokens = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={decided.Answer()["code"]}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );
        var access = (string)(await tokens.BodyAsync())["access_token"]!;
        using var info = await server.GetAsync("/oauth2/userinfo", access);
        using var refused = await server.FormAsync("/oauth2/token", "grant_type=nonsense", Shop);
        using var pushed = await server.FormAsync(
            "/oauth2/par",
            $"response_type=code&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );

        Assert.Equal(HttpStatusCode.OK, info.StatusCode);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.All(
            [page, decided, tokens, info, refused, pushed],
            answer => Assert.True(answer.Headers.CacheControl?.NoStore, $"{answer.RequestMessage!.RequestUri}")
        );
    }

    [Fact]
    public async Task Section_4_6_7_no_token_is_taken_from_an_address()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();

        using var info = await server.GetAsync($"/oauth2/userinfo?access_token={access}");
        using var data = await server.GetAsync($"/v3/individuals?access_token={access}");
        using var token = await server.FormAsync(
            $"/oauth2/token?grant_type=refresh_token&refresh_token={refresh}",
            "",
            Shop
        );

        Assert.All([info, data], answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.Equal("invalid_request", await token.ErrorAsync());
    }
}
