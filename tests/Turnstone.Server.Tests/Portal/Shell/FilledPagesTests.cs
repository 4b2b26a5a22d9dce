using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.Pictures;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// The pages with lists, of an account that has much of everything, are sound and do not scroll sideways.
/// </summary>
public sealed class FilledPagesTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, "en")]
    [InlineData(true, false, "de")]
    [InlineData(false, true, "de")]
    [InlineData(true, true, "en")]
    public async Task A_busy_accounts_pages_are_sound(bool dark, bool phone, string language)
    {
        await using var server = await Administrators.StartAsync();
        await KnownApis.AddAsync(server);
        await KnownApis.AddAsync(
            server,
            KnownApis.Of("pay", FilledPortal.Pay) with
            {
                DetailTypes = [new("payment", KnownApis.Scope("payment").Meanings, ["initiate"], ["amount", "to"])],
            }
        );
        var provider = await KnownProvider.AddAsync(server);
        KnownProvider.Note(server);
        var key = await BusyAccount.FillAsync(server);
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: language);
        foreach (
            var (name, path) in new[]
            {
                ("home", "/portal"),
                ("keys", "/portal/api-keys"),
                ("key", $"/portal/api-keys/{key.Id}"),
                ("key-day", $"/portal/api-keys/{key.Id}?period=24h"),
                ("sessions", "/portal/sessions"),
                ("activity", "/portal/activity"),
                ("applications", "/portal/applications"),
                ("application", await ApplicationAsync(server)),
                ("health", "/portal/health"),
                ("subscriptions", "/portal/subscriptions"),
                ("new-key", "/portal/api-keys/new"),
                ("admin-accounts", "/portal/admin/accounts"),
                ("admin-approvals", "/portal/admin/approvals"),
                ("admin-clients", "/portal/admin/clients"),
                ("admin-audit", "/portal/admin/audit"),
                ("admin-account", await server.PageOfAsync(Known.Email)),
                ("admin-apis", "/portal/admin/apis"),
                ("admin-api", "/portal/admin/apis/pay"),
                ("admin-client", $"/portal/admin/clients/{Known.ClientId}"),
                ("admin-providers", "/portal/admin/identity-providers"),
                ("admin-provider", provider),
                ("admin-provider-new", "/portal/admin/identity-providers/new"),
                ("admin-settings", "/portal/admin/settings"),
                ("guide-errors", "/portal/guides/errors"),
            }
        )
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("main h1")).ToBeVisibleAsync();
            await Look.AtAsync(page, $"filled-{name}-{language}", script: true);
            if (phone)
            {
                Assert.Empty(await UnderLabelsAsync(page));
            }
        }
    }

    private static async Task<string> ApplicationAsync(TurnstoneServer server)
    {
        var cancel = TestContext.Current.CancellationToken;
        var mine = await server.Of<IClientStore>().ListAsync(await server.IdAsync(), cancel);
        return $"/portal/applications/{mine.First(client => client is { HasSecrets: true, DisabledAt: null }).Id}";
    }

    /// <summary>On a phone the text of a cell stands beside its label, never below it, and no label is alone.</summary>
    private static Task<string[]> UnderLabelsAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll(".cards td[data-label]")].filter((cell) => {
              if (cell.matches(":empty, :has(> input)")) return false;
              if (getComputedStyle(cell, "::before").content === "none") return false;
              const from = cell.getBoundingClientRect().left + 100;
              const text = document.createRange();
              text.selectNodeContents(cell);
              const places = [...text.getClientRects()].filter((place) => place.width > 1);
              return places.length === 0 || places.some((place) => place.left < from);
            }).map((cell) => `${cell.dataset.label}: ${cell.textContent.trim()}`)
            """
        );
}
