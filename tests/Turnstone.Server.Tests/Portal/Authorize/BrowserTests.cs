using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>The page in a real browser: what it lets through, how it looks to axe, and by keyboard alone.</summary>
public sealed class BrowserTests(Browser browser)
{
    private const string AtTheClient = Browser.AtTheClient;

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    public async Task Each_state_of_the_page_is_sound_and_leads_to_the_client(bool dark, bool phone, bool script)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server, dark, script, phone);

        // The browser complains about every status of 400, and a complaint is no sound page: here it is shown with
        // another.
        await page.RouteAsync(
            "**/oauth2/authorize?**",
            async route =>
                await route.FulfillAsync(new RouteFulfillOptions { Response = await route.FetchAsync(), Status = 200 })
        );
        await page.GotoAsync(AuthorizeUrl.OAuth2(("client_id", "nobody")));
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This request cannot be answered" }))
            .ToBeVisibleAsync();
        await SoundAsync(page, script);

        await page.GotoAsync(AuthorizeUrl.OAuthV1(("login_hint", Known.Email)));
        await Assertions.Expect(page.Locator("#Email")).ToHaveValueAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "shop wants access to your account" }))
            .ToBeVisibleAsync();
        await SoundAsync(page, script);

        // The browser holds the redirect after this form against the page's form-action.
        await page.Locator("button[value=allow]").ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync(AtTheClient);

        // And the one after the sign-in form against that page's, which names no client: a page in between leads on by
        // itself.
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(AuthorizeUrl.OAuthV1());
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync(AtTheClient);
    }

    [Fact]
    public async Task The_page_that_leads_on_is_sound_and_has_a_link()
    {
        await using var server = await PortalServer.StartAsync();
        using (var visitor = await Visitor.SignedInAsync(server))
        {
            (await visitor.DecideAsync(AuthorizeUrl.OAuth2())).Dispose();
        }

        var page = await browser.SignedInAsync(server);
        await page.Context.RouteAsync(
            "**/oauth2/authorize?**",
            async route =>
            {
                // As a browser would that does not follow the header.
                var response = await route.FetchAsync();
                await route.FulfillAsync(
                    new RouteFulfillOptions
                    {
                        Response = response,
                        Headers = response.Headers.Where(header => header.Key != "refresh"),
                    }
                );
            }
        );

        await page.GotoAsync(AuthorizeUrl.OAuth2() + "&asked=x");

        await Browser.AssertSoundAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync(AtTheClient);
    }

    [Fact]
    public async Task A_client_may_send_its_user_on_from_its_address()
    {
        const string Onward = "https://welcome.example.test/";
        await using var server = await PortalServer.StartAsync();
        await using var client = await TurnstoneServer.StartAsync(routes =>
            routes.MapGet("/back", () => Results.Redirect(Onward))
        );
        var back = new Uri(client.BaseAddress, "/back").ToString();
        await ConsentTests.ChangeAsync(server, shop => shop with { RedirectUris = [back] });
        var page = await browser.SignedInAsync(server);
        await page.GotoAsync(AuthorizeUrl.OAuth2(("redirect_uri", back)));

        // Nobody is there; that the browser asks is the point.
        await page.RunAndWaitForRequestAsync(() => page.Locator("button[value=allow]").ClickAsync(), Onward);
    }

    [Fact]
    public async Task By_keyboard_alone_somebody_signs_in_and_says_yes()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server);
        await page.GotoAsync(AuthorizeUrl.OAuth2());
        await Assertions.Expect(page.Locator("#Email")).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync(Known.Email);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Known.Password);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("button[value=allow]")).ToBeVisibleAsync();
        await FocusAsync(page, "allow");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync(AtTheClient);
    }

    [Fact]
    public async Task Another_sites_form_brings_a_request_and_never_a_decision()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server);
        var action = new Uri(server.BaseAddress, AuthorizeUrl.OAuth2()).ToString();
        await page.Context.RouteAsync(
            "https://evil.example.test/**",
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions
                    {
                        ContentType = "text/html",
                        Body = $"""
                        <form id="decide" method="post" action="{System.Net.WebUtility.HtmlEncode(
                            action
                        )}"><input name="decision" value="allow"></form>
                        <form id="ask" method="post" action="{server.BaseAddress}oauth2/authorize">
                        <input name="client_id" value="shop"><input name="response_type" value="code"></form>
                        """,
                    }
                )
        );

        await page.GotoAsync("https://evil.example.test/");
        await page.EvaluateAsync("document.getElementById('ask').submit()");
        await Assertions.Expect(page.Locator("button[value=allow]")).ToBeVisibleAsync();

        await page.GotoAsync("https://evil.example.test/");
        await page.EvaluateAsync("document.getElementById('decide').submit()");
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync(AtTheClient);
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
    }

    // axe is a script.
    private static Task SoundAsync(IPage page, bool script) =>
        script ? Browser.AssertSoundAsync(page) : Task.CompletedTask;

    private static async Task FocusAsync(IPage page, string value)
    {
        for (var steps = 0; steps < 20; steps++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string?>("document.activeElement.value") == value)
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not reach {value}.");
    }
}
