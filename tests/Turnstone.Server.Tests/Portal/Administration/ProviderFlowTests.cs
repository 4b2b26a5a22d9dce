using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Testing;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>What an administrator gives a client, and a company's identity provider, in a real browser.</summary>
public sealed class ProviderFlowTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, true, "en")]
    [InlineData(true, true, true, "de")]
    [InlineData(false, true, false, "de")]
    [InlineData(true, false, true, "de")]
    public async Task A_client_is_given_an_API_and_a_provider_speaks_for_it(
        bool dark,
        bool phone,
        bool script,
        string language
    )
    {
        await using var server = await Administrators.StartAsync();
        await KnownApis.AddAsync(server);
        await OwnClient.AddAsync(server, client => client);
        using var key = ClientKey.Ec();
        var page = await browser.SignedInAsync(server, dark, script, phone, language: language);

        await page.GotoAsync($"/portal/admin/clients/{OwnClient.Id}");
        await page.Locator("details.advanced > summary").ClickAsync();
        await Look.AtAsync(page, $"rights-{language}", script);
        await page.Locator($"input[value='{KnownApis.Open}']").CheckAsync();
        await page.Locator("input[value$='jwt-bearer']").CheckAsync();
        await page.Locator("#Rights-reason").FillAsync(Administrators.Reason);
        await page.Locator("#Rights-password").FillAsync("not this one");
        await page.Locator("details.advanced button.primary").ClickAsync();
        await Expect(page.Locator("#Rights-password-error")).ToBeVisibleAsync();
        await Expect(page.Locator($"input[value='{KnownApis.Open}']")).ToBeCheckedAsync();
        await Look.AtAsync(page, $"rights-wrong-{language}", script);
        await page.Locator("#Rights-password").FillAsync(Known.Password);
        await page.Locator("details.advanced button.primary").ClickAsync();
        await Expect(page.Locator(".notice.good, .notice").First).ToBeVisibleAsync();
        await Look.AtAsync(page, $"rights-given-{language}", script);

        await page.GotoAsync("/portal/admin/identity-providers");
        await Look.AtAsync(page, $"providers-none-{language}", script);
        await page.Locator("main a.primary").ClickAsync();
        await page.Locator("#Issuer").FillAsync("https://acme.idp.example.test");
        await page.Locator("#Domains").FillAsync("com");
        await page.Locator("#Clients").FillAsync(OwnClient.Id);
        await page.Locator("details.unreachable > summary").ClickAsync();
        await page.Locator("#Jwks").FillAsync(ClientKey.Set(key));
        await page.Locator("#Save-reason").FillAsync(Administrators.Reason);
        await page.Locator("#Save-password").FillAsync(Known.Password);
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator("#Domains-error")).ToBeVisibleAsync();
        await Look.AtAsync(page, $"provider-wrong-{language}", script);
        await page.Locator("#Domains").FillAsync("example.test");
        await page.Locator("#Save-password").FillAsync(Known.Password);
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator("table a")).ToHaveTextAsync("https://acme.idp.example.test");
        await Look.AtAsync(page, $"providers-{language}", script);

        var known = await KnownProvider.AddAsync(server);
        KnownProvider.Note(server);
        await page.GotoAsync(known);
        await Expect(page.Locator(".notice.warn")).ToContainTextAsync("00u1ben");
        await Look.AtAsync(page, $"provider-{language}", script);
        await page.Locator("details.danger > summary").ClickAsync();
        await page.Locator("#Remove-reason").FillAsync(Administrators.Reason);
        await page.Locator("details.danger button").ClickAsync();
        await Expect(page.Locator("table a")).ToHaveCountAsync(1);
    }
}
