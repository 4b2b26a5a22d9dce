using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// What is wrong with a request: told here while client and address are not proven, and there afterwards.
/// </summary>
public sealed class RequestTests
{
    private static readonly string[] Unproven =
    [
        AuthorizeUrl.OAuth2(("client_id", "nobody")),
        AuthorizeUrl.OAuth2(("client_id", null)),
        AuthorizeUrl.OAuth2(("client_id", "sh\u0001op")),
        AuthorizeUrl.OAuth2(("redirect_uri", "https://evil.example.test/")),
        AuthorizeUrl.OAuth2(("redirect_uri", Known.RedirectUri + "/")),
        AuthorizeUrl.OAuth2(("redirect_uri", Known.RedirectUri + "\r\nSet-Cookie: x=y")),
        AuthorizeUrl.OAuth2(("redirect_uri", "//evil.example.test")),
        AuthorizeUrl.OAuth2(("redirect_uri", "javascript:alert(1)")),
        AuthorizeUrl.OAuth2() + "&redirect_uri=https%3A%2F%2Fevil.example.test",
        AuthorizeUrl.OAuth2() + "&client%5Fid=shop",
        AuthorizeUrl.OAuth2() + "&x=%FF",
        AuthorizeUrl.OAuth2() + "&x=%00",
        AuthorizeUrl.OAuth2(("state", new string('s', 6_000))),
        AuthorizeUrl.OAuth2(("state", new string('&', 1_500))),
        "/oauth2/authorize",
        "/v1/oauth/authorize?" + new string('&', 100),
    ];

    private static readonly (string Name, string? Value, string Error)[] Wrong =
    [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", null, "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("code_challenge", null, "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", null, "invalid_request"),
        ("scope", "admin", "invalid_scope"),
        ("prompt", "none consent", "invalid_request"),
        ("max_age", "x", "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://shop.example.test/r", "request_uri_not_supported"),
    ];

    private static readonly string[] States =
    [
        "plain",
        "a b+c&d=e#f?g/h%i\"j'k<l>m\\n",
        "%20%252B",
        "ü€𝄞\t\r\nSet-Cookie: x",
        "<script>alert(1)</script>",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_proven_stays_on_a_page_of_ours()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var url in Unproven)
        {
            using var answer = await visitor.GetAsync(url);

            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{answer.StatusCode} for {url}");
            Assert.False(answer.Headers.Contains("Location") || answer.Headers.Contains("Refresh"));
            var page = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.Contains("This request cannot be answered", page, StringComparison.Ordinal);
            Assert.DoesNotContain("href=\"https://evil", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_is_not_there_and_an_address_that_is_not_its_own_look_the_same()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        var unknown = await BodyAsync(visitor, AuthorizeUrl.OAuth2(("client_id", "nobo")));
        var foreign = await BodyAsync(visitor, AuthorizeUrl.OAuth2(("redirect_uri", "http://127.0.0.1:8500/another1")));

        Assert.Equal(unknown, foreign);
    }

    [Theory]
    [InlineData("/oauth2/authorize")]
    [InlineData("/v1/oauth/authorize")]
    public async Task What_is_wrong_with_a_proven_request_goes_to_the_client(string path)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        foreach (var (name, value, error) in Wrong)
        {
            using var answer = await visitor.GetAsync(AuthorizeUrl.Of(path, (name, value), ("state", "a+b c")));

            var told = answer.Answer();
            Assert.Equal((error, "a+b c", "https://id.example.test"), (told["error"], told["state"], told["iss"]));
            Assert.NotEmpty(told["error_description"]);
            Assert.DoesNotContain("code", told.Keys);
        }
    }

    [Fact]
    public async Task A_public_client_without_a_challenge_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync(
            AuthorizeUrl.OAuth2(
                ("client_id", Known.PublicClientId),
                ("code_challenge", null),
                ("code_challenge_method", null)
            )
        );

        Assert.Equal("invalid_request", answer.Answer()["error"]);
    }

    [Fact]
    public async Task So_is_a_confidential_one_unless_it_is_registered_as_older_or_asks_at_the_contract_that_is()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        (string, string?)[] without = [("code_challenge", null), ("code_challenge_method", null)];
        using var older = await visitor.GetAsync(AuthorizeUrl.OAuth2(without));
        Assert.Equal(HttpStatusCode.OK, older.StatusCode);

        await ConsentTests.ChangeAsync(server, client => client with { PredatesPkce = false });
        using var refused = await visitor.GetAsync(AuthorizeUrl.OAuth2(without));
        using var elsewhere = await visitor.GetAsync(AuthorizeUrl.OAuthV1(without));
        using var pushed = await server.FormAsync(
            "/oauth2/par",
            $"response_type=code&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        var told = refused.Answer();
        Assert.Equal("invalid_request", told["error"]);
        Assert.Contains("code_challenge", told["error_description"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        Assert.Equal("invalid_request", (string?)(await pushed.BodyAsync())["error"]);
    }

    [Fact]
    public async Task The_state_comes_back_exactly_and_breaks_out_of_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var state in States)
        {
            var url = AuthorizeUrl.OAuth2(("state", state), ("prompt", "consent"));

            Assert.DoesNotContain("<script>alert", await visitor.PageAsync(url), StringComparison.Ordinal);
            using var answer = await visitor.DecideAsync(url);

            Assert.Contains(
                "&state=" + Uri.EscapeDataString(state) + "&",
                answer.Headers.GetValues("Location").Single(),
                StringComparison.Ordinal
            );
            Assert.Equal(state, answer.Answer()["state"]);
        }
    }

    [Fact]
    public async Task Without_a_state_none_comes_back()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("state", null)));

        Assert.Equal(["code", "iss"], answer.Answer().Keys);
    }

    [Fact]
    public async Task A_request_in_a_form_becomes_the_address_it_stands_for()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var moved = await visitor.PostAsync(
            "/oauth2/authorize",
            ("client_id", "shop"),
            ("redirect_uri", Known.RedirectUri),
            ("response_type", "code"),
            ("state", "ü&=")
        );
        using var met = await visitor.GetAsync(moved.Headers.Location!.OriginalString);

        Assert.StartsWith("/portal/sign-in?", met.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.EndsWith("state=%C3%BC%26%3D", moved.Headers.Location.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("application/x-www-form-urlencoded", "client_id=shop&state=%00")]
    public async Task A_body_that_is_no_request_stays_here(string mediaType, string body)
    {
        await using var server = await PortalServer.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, mediaType);

        using var answer = await server.Http.PostAsync(new Uri("/oauth2/authorize", UriKind.Relative), content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_gets_no_code(string method)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        (await visitor.DecideAsync(AuthorizeUrl.OAuth2())).Dispose();
        using var request = new HttpRequestMessage(new HttpMethod(method), AuthorizeUrl.OAuth2());

        using var answer = await visitor.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Location"));
    }

    private static async Task<string> BodyAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(Cancel);

        // The form that changes the language returns here, and a form has a token.
        return System.Text.RegularExpressions.Regex.Replace(
            body,
            "(name=\"returnUrl\"|__RequestVerificationToken\" type=\"hidden\") value=\"[^\"]*\"",
            ""
        );
    }
}
