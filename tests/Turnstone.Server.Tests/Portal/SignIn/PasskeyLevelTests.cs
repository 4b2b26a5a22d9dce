using System.Collections.Specialized;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.Playwright;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Profile;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>A client that asks for <c>phr</c> gets it of a passkey, which its owner has vouched for.</summary>
public sealed class PasskeyLevelTests(Browser browser)
{
    [Fact]
    public async Task A_passkey_is_the_level_that_resists_phishing_and_the_tokens_say_so()
    {
        var (server, site) = await PasskeyDevice.ServerAsync();
        await using var closing = server;
        var page = await browser.OpenAsync(server);
        await PasskeyDevice.PlugInAsync(page);
        await PasskeyDevice.SignInAsync(page, site);
        await PasskeyDevice.AddAsync(page, site);
        var url = site + AuthorizeUrl.OAuth2(("scope", "openid"), ("acr_values", "phr"));

        // Who knew the password may have added it.
        await page.GotoAsync(url);
        Assert.Equal("unmet_authentication_requirements", (await AnswerAsync(page))["error"]);
        await page.GotoAsync(site + server.LettersTo(Known.Email)[0].Link());
        await page.GetByRole(AriaRole.Button, new() { Name = "It was me: confirm" }).ClickAsync();
        await Browser.ArriveAsync(page, "/portal/profile/security");

        server.Time.Advance(TimeSpan.FromMinutes(5));
        await page.GotoAsync(url);
        await Assertions.Expect(page.Locator("main input[type=password], main #Code")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.Locator("button[value=allow]").ClickAsync();
        var code = (await AnswerAsync(page))["code"];
        using var exchanged = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        var tokens = await exchanged.BodyAsync();

        foreach (var name in (string[])["id_token", "access_token"])
        {
            var token = new JsonWebToken((string)tokens[name]!);
            Assert.Equal("phr", token.GetClaim("acr").Value);
            Assert.Equal(["hwk", "user", "mfa"], token.GetPayloadValue<string[]>("amr"));

            // It is a sign-in anew.
            Assert.Equal(
                TurnstoneServer.Start.AddMinutes(5).ToUnixTimeSeconds(),
                token.GetPayloadValue<long>("auth_time")
            );
        }
    }

    /// <summary>What the browser has brought to the client.</summary>
    private static async Task<NameValueCollection> AnswerAsync(IPage page)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(Known.RedirectUri)}"));
        return HttpUtility.ParseQueryString(new Uri(page.Url).Query);
    }
}
