using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// Clients that other people wrote (tests/interop/authorize.mjs) let in through the real page in a real browser.
/// </summary>
public sealed class StockClientTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("oauth4webapi", Known.PublicClientId)]
    [InlineData("openid-client", Known.ClientId)]
    [InlineData("simple-oauth2", Known.ClientId)]
    public async Task A_stock_client_is_let_in(string library, string client)
    {
        await using var server = await PortalServer.StartAsync();
        var begun = await RunAsync(server, library, client);

        var answer = await AllowAsync(server, (string)begun["url"]!);
        var tokens = await RunAsync(server, library, client, answer, begun["kept"]);

        Assert.True(tokens["access_token"] is not null, tokens.ToJsonString());
        using var good = await server.Http.WithBearerAsync(
            HttpMethod.Get,
            "/v1/oauth/token",
            (string)tokens["access_token"]!
        );
        Assert.True(good.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("oauth4webapi", Known.PublicClientId)]
    [InlineData("openid-client", Known.ClientId)]
    public async Task A_stock_client_learns_who_signed_in(string library, string client)
    {
        await using var server = await PortalServer.StartAsync();
        var begun = await RunAsync(server, library, client, openId: true);

        var answer = await AllowAsync(server, (string)begun["url"]!);
        var told = await RunAsync(server, library, client, answer, begun["kept"], openId: true);

        Assert.True(told["claims"] is not null, told.ToJsonString());
        Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), (string)told["claims"]!["sub"]!);
        Assert.Equal(Known.Email, (string)told["userinfo"]!["email"]!);
    }

    [Theory]
    [InlineData("iss=https%3A%2F%2Fid.example.test", "iss=https%3A%2F%2Fevil.example.test")]
    [InlineData("iss=https%3A%2F%2Fid.example.test", "")]
    [InlineData("state=", "state=x")]
    public async Task An_answer_that_another_server_mixed_in_is_seen_through(string part, string instead)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var library in new[] { "oauth4webapi", "openid-client" })
        {
            var begun = await RunAsync(server, library, Known.ClientId);
            using var allowed = await visitor.SendAsync(
                new Uri((string)begun["url"]!).PathAndQuery + "&prompt=consent",
                form: null,
                ("decision", "allow")
            );
            var answer = allowed.Headers.Location!.OriginalString;

            var refused = await RunAsync(
                server,
                library,
                Known.ClientId,
                answer.Replace(part, instead, StringComparison.Ordinal),
                begun["kept"]
            );

            Assert.Contains("OAUTH_INVALID_RESPONSE", (string?)refused["refused"], StringComparison.Ordinal);
        }
    }

    /// <summary>Signs in and says yes; answers where the browser was sent.</summary>
    private async Task<string> AllowAsync(TurnstoneServer server, string url)
    {
        var page = await browser.OpenAsync(server);
        await page.GotoAsync(url);
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("button[value=allow]").ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync(Browser.AtTheClient);
        return page.Url;
    }

    private static async Task<JsonNode> RunAsync(
        TurnstoneServer server,
        string library,
        string client,
        string? answer = null,
        JsonNode? kept = null,
        bool openId = false
    )
    {
        var folder = await Interop.FolderAsync();
        var task = new JsonObject
        {
            ["library"] = library,
            ["issuer"] = "https://id.example.test",
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = client,
            ["secret"] = Known.ClientSecret,
            ["redirect"] = Known.RedirectUri,
            ["answer"] = answer,
            ["kept"] = kept?.DeepClone(),
            ["openId"] = openId,
        };
        return JsonNode.Parse(await Interop.ExecuteAsync(folder, "node", ["authorize.mjs"], task.ToJsonString()))!;
    }
}
