using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Reference;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Portal.Reference;

public sealed class ReferenceTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_signed_in_calls_this_server_with_an_own_token_that_refreshes_itself()
    {
        await using var server = await StartAsync();
        var page = await browser.SignedInAsync(server);
        await page.Clock.InstallAsync();
        await page.GotoAsync("/reference");
        await page.Locator(".opblock", new() { HasText = "/auth/v2/validate" })
            .First.Locator(".opblock-summary-control")
            .ClickAsync();
        await page.GetByPlaceholder("Subscription-Key", new() { Exact = true }).FillAsync(Known.SubscriptionKey);

        await page.Locator("#own-token").ClickAsync();
        await Assertions.Expect(page.Locator("#own-token-told")).ToContainTextAsync("refreshed automatically");
        Assert.Equal(200, await ExecuteAsync(page));

        // Half a minute before its end the page gets the next one, once.
        var refreshed = page.WaitForResponseAsync("**/auth/v1/refresh-token");
        server.Time.Advance(TimeSpan.FromSeconds(271));
        await page.Clock.FastForwardAsync(271_000);
        Assert.Equal(201, (await refreshed).Status);
        server.Time.Advance(TimeSpan.FromMinutes(10));
        await page.Clock.FastForwardAsync(600_000);
        Assert.Equal(200, await ExecuteAsync(page));
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length"));
        await Browser.AssertSoundAsync(page);

        // After the hour it has ended, and the page says so.
        server.Time.Advance(TimeSpan.FromHours(1));
        await page.Clock.FastForwardAsync(3_600_000);
        await Assertions.Expect(page.Locator("#own-token-told")).ToContainTextAsync("The token has expired");
        await Assertions.Expect(page.Locator("#own-token")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(false, false, "auth-v1", "oauth-v1", "oauth2")]
    [InlineData(true, true, "auth-v2", "session-v3", "every-contract")]
    [InlineData(true, false, "oauth2", "auth-v1")]
    public async Task The_reference_of_each_contract_is_open_to_everybody_and_sound(
        bool dark,
        bool phone,
        params string[] documents
    )
    {
        await using var server = await StartAsync();
        var page = await browser.OpenAsync(server, dark, phone: phone);
        foreach (var document in documents)
        {
            await page.GotoAsync($"/portal/reference?document={document}");
            await Assertions.Expect(page.Locator(".opblock").First).ToBeVisibleAsync();

            // The button beside a path has its size before a pointer is over it, and does not grow into it: a target
            // for a finger and a keyboard too.
            var copy = page.Locator(".opblock-summary .copy-to-clipboard").Last;
            Assert.Equal(24, (await copy.BoundingBoxAsync())!.Width);
            Assert.Equal("0s", await copy.EvaluateAsync<string>("it => getComputedStyle(it).transitionDuration"));
            await page.Locator(".opblock-summary-control").First.ClickAsync();
            await Assertions.Expect(page.Locator(".opblock-body").First).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
            await AssertOfTheSchemeAsync(page, dark);
            await Look.AtAsync(page, $"reference-{document}", script: true);
        }
    }

    /// <summary>
    /// Dark is dark by its own colours and nothing turned over, and follows the reader's scheme while the page is open.
    /// </summary>
    private static async Task AssertOfTheSchemeAsync(IPage page, bool dark)
    {
        foreach (var now in new[] { !dark, dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = now ? ColorScheme.Dark : ColorScheme.Light });
            await Assertions.Expect(page.Locator("html.dark-mode")).ToHaveCountAsync(now ? 1 : 0);
        }

        Assert.Equal(
            "none",
            await page.Locator("#swagger-ui").EvaluateAsync<string>("it => getComputedStyle(it).filter")
        );
        var ground = await page.Locator(".opblock").First.EvaluateAsync<string>("""
            it => {
              const dot = document.createElement("canvas").getContext("2d");
              for (const colour of ["#fff", getComputedStyle(it).backgroundColor]) {
                dot.fillStyle = colour;
                dot.fillRect(0, 0, 1, 1);
              }
              return String(dot.getImageData(0, 0, 1, 1).data[0]);
            }
            """);
        Assert.Equal(dark, int.Parse(ground, CultureInfo.InvariantCulture) < 80);
    }

    /// <summary>
    /// Nothing of the browser's own goes along: no cookie, and no password, for which a 401 that offers Basic would
    /// open a window of the browser's, and the page would wait for it. A field that was not filled in has no value.
    /// </summary>
    [Fact]
    public async Task A_call_takes_what_was_filled_in_and_no_more()
    {
        await using var server = await StartAsync();
        var page = await browser.SignedInAsync(server);
        await page.GotoAsync("/portal/reference?document=oauth2");
        var call = page.Locator(".opblock", new() { HasText = "/oauth2/token" }).First;
        await call.Locator(".opblock-summary-control").ClickAsync();
        await call.Locator("tr", new() { HasText = "grant_type" }).Locator("input").FillAsync("client_credentials");
        var sending = page.WaitForRequestAsync("**/oauth2/token");
        await call.Locator("button.execute").ClickAsync();
        var sent = await sending;

        var fields = sent.PostData!.Split('&');
        Assert.Contains("scope=", fields);
        Assert.Equal(["grant_type=client_credentials"], fields.Where(field => !field.EndsWith('=')));
        Assert.DoesNotContain("cookie", (await sent.AllHeadersAsync()).Keys);
        await Assertions.Expect(call.Locator(".live-responses-table")).ToContainTextAsync("401");
        await Assertions.Expect(call.Locator(".live-responses-table")).ToContainTextAsync("invalid_client");
    }

    [Fact]
    public async Task A_call_of_the_older_contract_is_sent_to_a_path_that_there_is()
    {
        await using var server = await StartAsync();
        var page = await browser.OpenAsync(server);
        await page.GotoAsync("/portal/reference?document=oauth-v1");
        var call = page.Locator(".opblock", new() { HasText = "/v1/oauth/token/{token_type}" }).First;
        await call.Locator(".opblock-summary-control").ClickAsync();
        await call.Locator("tr", new() { HasText = "token_type" }).Locator("select").First.SelectOptionAsync("company");
        var sent = page.WaitForRequestAsync("**/v1/oauth/token/*");
        await call.Locator("button.execute").ClickAsync();

        Assert.EndsWith("/token/company", (await sent).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_that_were_given_out_lead_to_the_page()
    {
        await using var server = await StartAsync();
        using var visitor = new Visitor(server);

        using var plain = await visitor.GetAsync("/reference");
        using var titled = await visitor.GetAsync("/reference/index.html?urls.primaryName=%2Fv3");

        Assert.Equal("/portal/reference", plain.Headers.Location?.OriginalString);
        Assert.Contains(
            "data-document=\"/openapi/session-v3.json\"",
            await visitor.PageAsync(titled.Headers.Location!.OriginalString),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_page_lists_every_document_fetches_nothing_from_elsewhere_and_allows_no_inline_script()
    {
        await using var server = await StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/reference");
        var page = await answer.Content.ReadAsStringAsync(Cancel);

        string[] documents = ["auth-v1", "auth-v2", "oauth-v1", "session-v3", "oauth2", "every-contract"];
        Assert.All(documents, document => Assert.Contains($"?document={document}\"", page, StringComparison.Ordinal));
        Assert.DoesNotContain("=\"http", page, StringComparison.Ordinal);
        Assert.Contains(
            "script-src 'self';",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_script_the_document_is_linked()
    {
        await using var server = await StartAsync();
        var page = await browser.OpenAsync(server, script: false);
        await page.GotoAsync("/portal/reference");

        await Assertions
            .Expect(page.Locator("noscript a, p.own a[href='/openapi/auth-v2.json']").First)
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_token_is_given_to_the_pages_own_script_alone()
    {
        await using var server = await StartAsync();
        using var stranger = new Visitor(server);
        using var visitor = await Visitor.SignedInAsync(server);

        using var nobody = await stranger.PostAsync("/portal/reference/token");
        using var forged = await visitor.PostAsync("/portal/reference/token");

        Assert.Equal(HttpStatusCode.Redirect, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    [Fact]
    public async Task The_token_is_short_and_no_refresh_gets_it_past_the_hour()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var ask = await AskAsync(visitor);

        using var given = await visitor.Http.SendAsync(ask, Cancel);
        var set = await given.JsonAsync();
        server.Time.Advance(TimeSpan.FromMinutes(40));
        using var refreshed = await server.Http.RefreshV1Async(
            set.GetProperty("refresh").GetProperty("token").GetString()!
        );
        var next = await refreshed.JsonAsync();

        Assert.Equal(
            (300, 3600),
            (
                set.GetProperty("authorization").GetProperty("expires_in").GetInt32(),
                set.GetProperty("refresh").GetProperty("expires_in").GetInt32()
            )
        );
        Assert.Equal(
            (1200, 1200),
            (
                next.GetProperty("authorization").GetProperty("expires_in").GetInt32(),
                next.GetProperty("refresh").GetProperty("expires_in").GetInt32()
            )
        );
        server.Time.Advance(TimeSpan.FromMinutes(20));
        using var late = await server.Http.RefreshV1Async(
            next.GetProperty("refresh").GetProperty("token").GetString()!
        );
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    /// <summary>
    /// The script sends its form token in a header and no body: a form, which would be read for one, is refused unread.
    /// </summary>
    [Theory]
    [InlineData("a=b")]
    [InlineData("%zz&&=%")]
    public async Task No_token_is_given_for_a_form(string form)
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var ask = await AskAsync(visitor);
        ask.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

        using var refused = await visitor.Http.SendAsync(ask, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    /// <summary>What the page's own script sends.</summary>
    internal static async Task<HttpRequestMessage> AskAsync(Visitor visitor)
    {
        var page = await visitor.PageAsync("/portal/reference");
        var start = page.IndexOf("data-form-token=\"", StringComparison.Ordinal) + "data-form-token=\"".Length;
        var ask = new HttpRequestMessage(HttpMethod.Post, "/portal/reference/token");
        ask.Headers.Add("RequestVerificationToken", WebUtility.HtmlDecode(page[start..page.IndexOf('"', start)]));
        return ask;
    }

    internal static Task<TurnstoneServer> StartAsync(IEnumerable<string>? settings = null) =>
        PortalServer.StartAsync(
            settings,
            services: services => services.AddContractDocuments(AllContracts.List).AddReference(),
            rooms: app => app.MapReference()
        );

    private static async Task<int> ExecuteAsync(IPage page)
    {
        var answer = page.WaitForResponseAsync("**/auth/v2/validate*");
        await page.Locator("button.execute").ClickAsync();
        return (await answer).Status;
    }
}
