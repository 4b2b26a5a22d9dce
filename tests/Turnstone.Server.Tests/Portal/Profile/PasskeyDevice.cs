using Microsoft.Playwright;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Profile;

/// <summary>A browser with a device that holds passkeys, and a server that they can belong to.</summary>
internal static class PasskeyDevice
{
    public const string Page = "/portal/profile/security/passkeys";

    /// <summary>A passkey belongs to a name, so the server has one here.</summary>
    public static async Task<(TurnstoneServer Server, string Site)> ServerAsync(params string[] settings)
    {
        var port = PostgresServer.FreePort();
        var site = $"http://localhost:{port}";
        var server = await PortalServer.StartAsync([
            $"urls=http://127.0.0.1:{port}",
            $"Turnstone:Issuer={site}",
            .. settings,
        ]);
        return (server, site);
    }

    /// <summary>A device that holds passkeys and recognises its user at once.</summary>
    public static async Task PlugInAsync(IPage page)
    {
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
    }

    public static async Task SignInAsync(IPage page, string site)
    {
        await page.GotoAsync($"{site}/portal/sign-in");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await Browser.ArriveAsync(page, "/portal");
    }

    /// <summary>Adds a passkey to the account; it waits until somebody follows the link of its letter.</summary>
    public static async Task AddAsync(IPage page, string site)
    {
        await page.GotoAsync($"{site}{Page}");
        await page.Locator("#Name").FillAsync("Laptop");
        await page.Locator("form[data-passkey] #CurrentPassword").FillAsync(Known.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator(".passkey-list strong")).ToHaveTextAsync("Laptop");
    }
}
