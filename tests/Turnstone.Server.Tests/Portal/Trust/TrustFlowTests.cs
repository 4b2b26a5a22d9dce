using System.Net;
using Turnstone.Directory.Trust;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Trust;

public sealed class TrustFlowTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false, true, "en")]
    [InlineData(true, true, true, "de")]
    [InlineData(false, true, false, "de")]
    [InlineData(true, false, true, "de")]
    public async Task A_program_is_let_in_refused_and_sent_away(bool dark, bool phone, bool script, string language)
    {
        using var key = ClientKey.Ec();
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        foreign.Publish("/keys", ClientKey.Set(key));
        foreign.Publish(
            "/.well-known/openid-configuration",
            $$"""{"issuer":"{{foreign.At("")}}","jwks_uri":"{{foreign.At("/keys")}}"}"""
        );
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var page = await browser.SignedInAsync(server, dark, script, phone, language: language);
        await page.GotoAsync($"/portal/applications/{client}");
        await page.Locator("main a[href$='/trust']").ClickAsync();
        await Look.AtAsync(page, $"trust-none-{language}", script);

        await page.Locator(".places a[href$='/gitlab']").ClickAsync();
        await page.Locator("#Field_Issuer").FillAsync(foreign.At(""));
        await page.Locator("#Field_Project").FillAsync("acme/batch");
        await Look.AtAsync(page, $"trust-form-{language}", script);
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator(".error, .notice.bad").First).ToBeVisibleAsync();
        await Look.AtAsync(page, $"trust-wrong-{language}", script);

        await page.Locator("#Field_Branch").FillAsync("main");
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator(".snippet pre")).ToContainTextAsync("id_tokens");

        var claims = TrustedProgram.Claims(server, foreign.At(""));
        claims["aud"] = "https://id.example.test";
        (claims["project_path"], claims["ref"], claims["ref_type"]) = ("acme/batch", "main", "branch");
        claims["sub"] = "project_path:acme/batch:ref_type:branch:ref:main";
        using var taken = await server.AskAsync(key.Sign(claims), client: client);
        Assert.True(taken.StatusCode == HttpStatusCode.OK, await taken.Content.ReadAsStringAsync(Cancel));
        server.Time.Advance(TimeSpan.FromMinutes(1));
        (claims["jti"], claims["ref"]) = ("two", "feature");
        using var refused = await server.AskAsync(key.Sign(claims), client: client);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        await page.GotoAsync($"/portal/applications/{client}/trust");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("project_path:acme/batch:ref_type:branch:ref:main");
        await Expect(page.Locator(".notice.warn")).ToContainTextAsync("feature");
        await page.Locator(".snippet > summary").ClickAsync();
        await Look.AtAsync(page, $"trust-seen-{language}", script);

        await page.Locator("details.danger > summary").ClickAsync();
        await page.Locator("details.danger button").ClickAsync();
        await Expect(page.Locator("details.danger")).ToHaveCountAsync(0);
        Assert.Empty(
            await server.Of<ITrustStore>().ListAsync(client, Cancel)
        );
        Assert.EndsWith("/trust", page.Url, StringComparison.Ordinal);
    }
}
