using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>RFC 9396: what a client wants to do in particular, from the question to the API.</summary>
public sealed class DetailTests(DetailTests.Bank bank) : IClassFixture<DetailTests.Bank>
{
    private const string Pay = "https://pay.example.test";
    private const string Payment =
        """[{"type":"payment","actions":["initiate","status"],"amount":"12.50 €","to":{"name":"<b>ACME</b>"}}]""";

    [Fact]
    public async Task The_person_sees_it_every_time_and_the_API_is_told()
    {
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        var url = AuthorizeUrl.OAuth2(("authorization_details", Payment), ("scope", "openid"));
        var page = WebUtility.HtmlDecode(await visitor.PageAsync(url));
        Assert.Contains("May payment", page, StringComparison.Ordinal);
        Assert.Contains("initiate, status", page, StringComparison.Ordinal);
        Assert.Contains("12.50 €", page, StringComparison.Ordinal);
        Assert.Matches("<dt>To › name</dt>\\s*<dd class=\"detail\"><b>ACME</b></dd>", page);
        Assert.DoesNotContain("<b>ACME", await visitor.PageAsync(url), StringComparison.Ordinal);

        var tokens = await ExchangeAsync(await visitor.CodeAsync(url));

        Same(Payment, tokens["authorization_details"]);
        var access = (string)tokens["access_token"]!;
        var token = new JsonWebToken(access);
        Assert.Equal([Pay], token.Audiences);
        Same(
            Payment,
            JsonNode.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(token.EncodedPayload))![
                "authorization_details"
            ]
        );
        using var introspected = await bank.Server.FormAsync(
            "/oauth2/introspect",
            $"token={access}",
            KnownApis.AsStock
        );
        Same(Payment, (await introspected.BodyAsync())["authorization_details"]);

        // Somebody has consented before, and is asked all the same.
        using var silent = await visitor.GetAsync($"{url}&prompt=none");
        Assert.Equal("consent_required", silent.Answer()["error"]);
        Assert.Contains("May payment", await visitor.PageAsync(url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchanged_token_has_them_still_and_says_so()
    {
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        await Exchanging.AddAsync(
            bank.Server,
            client => client with { Resources = Turnstone.Model.Resources.Of([Pay]) }
        );
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("authorization_details", Payment)));
        var tokens = await ExchangeAsync(code);

        using var answer = await bank.Server.ExchangeAsync((string)tokens["access_token"]!);

        var exchanged = await answer.BodyAsync();
        Same(Payment, exchanged["authorization_details"]);
        using var introspected = await bank.Server.FormAsync(
            "/oauth2/introspect",
            $"token={exchanged["access_token"]}",
            KnownApis.AsStock
        );
        Same(Payment, (await introspected.BodyAsync())["authorization_details"]);
    }

    [Theory]
    [InlineData("en", "What it will do", "To › 1 › best before", "To › 2 › urgent", "Yes", "(nothing)")]
    [InlineData("de", "Was sie tun wird", "To › 1 › best before", "To › 2 › urgent", "Ja", "(nichts)")]
    public async Task It_is_written_in_words_and_a_sign_of_direction_is_seen(
        string language,
        string actions,
        string deep,
        string deeper,
        string yes,
        string nothing
    )
    {
        const string Asked = """
            [{"type":"payment","actions":["initiate"],"amount":"\u202e05.21",
            "to":[{"bestBefore":null},{"urgent":true,"<i>":{}}]}]
            """;
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            AuthorizeUrl.OAuth2(("authorization_details", Asked), ("scope", "openid"))
        );
        request.Headers.Add("Accept-Language", language);
        using var answer = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var raw = await answer.TextAsync();
        var page = WebUtility.HtmlDecode(raw);

        Assert.Matches($"<dt>{actions}</dt>\\s*<dd class=\"detail\">initiate</dd>", page);
        Assert.Matches("<dt>Amount</dt>\\s*<dd class=\"detail\">\ufffd05.21</dd>", page);
        Assert.Matches($"<dt>{deep}</dt>\\s*<dd class=\"detail\">{Regex.Escape(nothing)}</dd>", page);
        Assert.Matches($"<dt>{deeper}</dt>\\s*<dd class=\"detail\">{yes}</dd>", page);
        Assert.Contains(
            "To › 2 › &lt;i&gt;",
            raw.Replace("&#x203A;", "›", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_request_for_tokens_gets_fewer_and_never_more()
    {
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("authorization_details", Payment)));
        string[] more =
        [
            """[{"type":"payment","actions":["initiate","status"],"amount":"13 €","to":{"name":"<b>ACME</b>"}}]""",
            """[{"type":"payment","actions":["cancel"],"amount":"12.50 €","to":{"name":"<b>ACME</b>"}}]""",
            """[{"type":"payment","actions":["initiate"],"amount":"12.50 €"}]""",
            """[{"type":"statement"}]""",
        ];
        foreach (var one in more)
        {
            var refused = await ExchangeAsync(code, $"&authorization_details={Uri.EscapeDataString(one)}");
            Assert.Equal("invalid_authorization_details", (string?)refused["error"]);
        }

        var tokens = await ExchangeAsync(code);
        foreach (var one in more)
        {
            Assert.Equal(
                "invalid_authorization_details",
                (string?)(await RefreshAsync(tokens, $"&authorization_details={Uri.EscapeDataString(one)}"))["error"]
            );
        }

        const string Fewer =
            """[{"type":"payment","actions":["status"],"amount":"12.50 €","to":{"name":"<b>ACME</b>"}}]""";
        var narrowed = await RefreshAsync(tokens, $"&authorization_details={Uri.EscapeDataString(Fewer)}");
        Same(Fewer, narrowed["authorization_details"]);
        Same(Payment, (await RefreshAsync(narrowed, ""))["authorization_details"]);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("payment", "send a list of 1 to 10")]
    [InlineData("{}", "send a list of 1 to 10")]
    [InlineData("[]", "send a list of 1 to 10")]
    [InlineData("[1]", "send a list of 1 to 10")]
    [InlineData("""[{"actions":["initiate"]}]""", "send a list of 1 to 10")]
    [InlineData("""[{"type":7}]""", "send a list of 1 to 10")]
    [InlineData("""[{"type":"statement","type":"payment"}]""", "send a list of 1 to 10")]
    [InlineData("""[{"type":"statement","a":"\ud800"}]""", "send a list of 1 to 10")]
    [InlineData("""[[[[[[[[[[]]]]]]]]]]""", "send a list of 1 to 10")]
    [InlineData("""[{"type":"unknown"}]""", "in element 0, the type is of no API")]
    [InlineData("""[{"type":"statement"},{"type":"payment"}]""", "in element 1, actions is missing")]
    [InlineData("""[{"type":"payment","actions":[]}]""", "in element 0, actions has some")]
    [InlineData("""[{"type":"payment","actions":"initiate"}]""", "in element 0, actions has some")]
    [InlineData("""[{"type":"payment","actions":["steal"]}]""", "in element 0, actions has some")]
    [InlineData("""[{"type":"payment","actions":["initiate"],"secret":1}]""", "in element 0, there is a member")]
    [InlineData("""[{"type":"statement","locations":["https://evil.example.test"]}]""", "in element 0, locations is")]
    public async Task What_no_API_has_registered_goes_back_to_the_client(string details, string? words)
    {
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        var url = AuthorizeUrl.OAuth2(("authorization_details", details), ("scope", "openid"), ("prompt", "consent"));
        if (words is null)
        {
            await visitor.CodeAsync(url);
            return;
        }

        using var answer = await visitor.GetAsync(url);
        using var pushed = await bank.Server.FormAsync("/oauth2/par", url.Split('?')[1], Shop);

        Assert.Equal("invalid_authorization_details", answer.Answer()["error"]);
        Assert.Contains(words, answer.Answer()["error_description"], StringComparison.Ordinal);
        Assert.Equal("invalid_authorization_details", (string?)(await pushed.BodyAsync())["error"]);
    }

    [Fact]
    public async Task Those_of_another_API_than_the_resource_are_refused_and_a_program_has_none()
    {
        using var visitor = await Visitor.SignedInAsync(bank.Server);
        using var other = await visitor.GetAsync(
            AuthorizeUrl.OAuth2(("authorization_details", Payment), ("resource", KnownApis.Settings))
        );
        using var program = await bank.Server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials&resource={Pay}&authorization_details={Uri.EscapeDataString(Payment)}",
            Shop
        );

        Assert.Equal("invalid_authorization_details", other.Answer()["error"]);
        Assert.Equal("invalid_authorization_details", (string?)(await program.BodyAsync())["error"]);
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/oauth-protected-resource/pay")]
    public async Task The_metadata_name_the_types(string path)
    {
        var said = await (await bank.Server.GetAsync(path)).BodyAsync();

        Assert.Equal(
            ["payment", "statement"],
            said["authorization_details_types_supported"]!.AsArray().Select(type => (string)type!)
        );
    }

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());

    private async Task<JsonObject> ExchangeAsync(string code, string more = "")
    {
        using var answer = await bank.Server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}{more}",
            Shop
        );
        return await answer.BodyAsync();
    }

    private async Task<JsonObject> RefreshAsync(JsonObject tokens, string more)
    {
        using var answer = await bank.Server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}{more}",
            Shop
        );
        return await answer.BodyAsync();
    }

    /// <summary>A portal whose API of payments has two types; it introspects as that of stock.</summary>
    public sealed class Bank : IAsyncLifetime
    {
        public TurnstoneServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await PortalServer.StartAsync();
            await KnownApis.AddAsync(Server);
            await KnownApis.AddAsync(
                Server,
                KnownApis.Of("pay", Pay) with
                {
                    IntrospectsAs = "stock-api",
                    DetailTypes =
                    [
                        new("payment", KnownApis.Scope("payment").Meanings, ["initiate", "status"], ["amount", "to"]),
                        new("statement", KnownApis.Scope("statement").Meanings, [], []),
                    ],
                }
            );
            await KnownApis.ChangeAsync(
                Server,
                Known.ClientId,
                client =>
                    client with
                    {
                        Resources = Turnstone.Model.Resources.Of([.. client.Resources.Identifiers, Pay]),
                    }
            );
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
