using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>The administrators' pages in a real browser.</summary>
public sealed class AdministrationFlowTests(Browser browser)
{
    private const string LabelsThatTouchTheirValue = """
        [...document.querySelectorAll("dl.facts dt + dd")].filter((value) => {
          const [left, right] = [value.previousElementSibling.getBoundingClientRect(), value.getBoundingClientRect()];
          return right.top < left.bottom && right.left - left.right < 4;
        }).length
        """;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Every_page_is_sound(bool dark, bool phone)
    {
        await using var server = await Administrators.StartAsync();
        await server.GivenWaitingAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("orders", KnownApis.Orders, "orders.read"));
        var provider = await KnownProvider.AddAsync(server);
        KnownProvider.Note(server);
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: dark ? "de" : "en");
        string[] pages =
        [
            "/portal/admin",
            "/portal/admin/accounts",
            await server.PageOfAsync(Known.OtherEmail),
            "/portal/admin/approvals",
            "/portal/admin/products",
            "/portal/admin/apis",
            "/portal/admin/apis/new",
            "/portal/admin/apis/orders",
            "/portal/admin/identity-providers",
            "/portal/admin/identity-providers/new",
            provider,
            "/portal/admin/clients",
            $"/portal/admin/clients/{Known.ClientId}",
            "/portal/admin/keys",
            "/portal/admin/audit",
            "/portal/admin/settings",
            "/portal/admin/settings/letters",
        ];
        foreach (var path in pages)
        {
            await page.GotoAsync(path);
            Assert.True(
                await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
                $"{path} is wider than the window."
            );
            Assert.Equal(0, await page.EvaluateAsync<int>(LabelsThatTouchTheirValue));
            foreach (var ask in await page.Locator("main details").AllAsync())
            {
                await ask.EvaluateAsync("it => it.open = true");
            }

            await Browser.AssertSoundAsync(page);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_account_is_found_and_disabled_for_a_reason_with_and_without_a_script(bool script)
    {
        await using var server = await Administrators.StartAsync();
        var page = await browser.SignedInAsync(server, script: script);
        await page.GotoAsync("/portal/admin/accounts");
        await page.Locator("#Email").FillAsync("grace");
        await page.Locator("form.filter button").ClickAsync();
        await page.Locator($"table a:has-text('{Known.OtherEmail}')").ClickAsync();

        await page.Locator("summary:has-text('Disable')").ClickAsync();
        await page.Locator("#Disable-reason").FillAsync("   ");
        await page.Locator("form[action$='handler=Disable'] button").ClickAsync();
        await Expect(page.Locator("#Disable-reason-error")).ToContainTextAsync("Enter a reason");
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }

        await page.Locator("#Disable-reason").FillAsync(Administrators.Reason);
        await page.Locator("form[action$='handler=Disable'] button").ClickAsync();
        await Expect(page.Locator("[role=status]")).ToContainTextAsync("is disabled");
        await Expect(page.Locator("main")).ToContainTextAsync(Administrators.Reason);
    }

    [Fact]
    public async Task A_subscription_is_approved_by_keyboard_alone()
    {
        await using var server = await Administrators.StartAsync();
        var id = await server.GivenWaitingAsync();
        var page = await browser.SignedInAsync(server);
        await page.GotoAsync("/portal/admin/approvals");

        await TabToAsync(page, "summary:has-text('Approve')");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Administrators.Reason);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("[role=status]")).ToContainTextAsync("approved");
        Assert.Equal(Turnstone.Directory.SubscriptionState.Active, (await server.SubscriptionAsync(id))!.State);
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        var target = page.Locator(selector).First;
        for (var i = 0; i < 60 && !await target.EvaluateAsync<bool>("it => it === document.activeElement"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }
    }
}
