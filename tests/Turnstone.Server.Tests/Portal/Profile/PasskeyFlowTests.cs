using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Profile;

/// <summary>Passkeys in a browser with a device that holds them.</summary>
public sealed class PasskeyFlowTests(Browser browser)
{
    private const string Path = "/portal/profile/security/passkeys";
    private const string HostileName = "<script>alert(1)</script>\"'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_is_added_signs_in_alone_and_is_removed()
    {
        // A passkey belongs to a name, so the server has one here.
        var port = FreePort();
        var site = $"http://localhost:{port}";
        await using var server = await PortalServer.StartAsync([
            $"urls=http://127.0.0.1:{port}",
            $"Turnstone:Issuer={site}",
        ]);
        var page = await browser.OpenAsync(server);
        await PlugInAsync(page);
        await SignInAsync(page, site);
        await page.GotoAsync($"{site}{Path}");

        await page.Locator("#Name").FillAsync(HostileName);
        await page.Locator("form[data-passkey] #CurrentPassword").FillAsync("not this password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions
            .Expect(page.Locator("form[data-passkey] [role=alert]"))
            .ToHaveTextAsync("The password is wrong.");
        await Browser.AssertSoundAsync(page);
        await page.Locator("form[data-passkey] #CurrentPassword").FillAsync(Known.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator(".passkey-list strong")).ToHaveTextAsync(HostileName);
        await Look.AtAsync(page, "passkeys", script: true);

        await page.Locator("form.who:visible button").ClickAsync();
        await Browser.ArriveAsync(page, "/portal/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Browser.ArriveAsync(page, "/portal");
        Assert.Contains(
            await server.AuditAsync(),
            entry => entry is { Event.Known: AuditEvent.Login, Contract: "portal", Detail: "passkey" }
        );

        // It counts as the password that was just given.
        await page.GotoAsync($"{site}/portal/api-keys/new");
        await Assertions.Expect(page.Locator("#Name")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main input[type=password]")).ToHaveCountAsync(0);

        await page.GotoAsync($"{site}{Path}");
        await page.GetByText("Rename", new() { Exact = true }).ClickAsync();
        await page.Locator("input[name=NewName]").FillAsync("Laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.Locator(".passkey-list strong")).ToHaveTextAsync("Laptop");
        await page.GetByText("Remove", new() { Exact = true }).First.ClickAsync();
        await page.Locator(".passkey-list input[name=CurrentPassword]").FillAsync(Known.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(page.GetByText("You have no passkeys yet.")).ToBeVisibleAsync();
        Assert.Equal(2, server.LettersTo(Known.Email).Count);

        await page.Locator("form.who:visible button").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The passkey was not accepted.")).ToBeVisibleAsync();
    }

    /// <summary>The challenge stands in a cookie: a copy of cookie and answer signs in nobody.</summary>
    [Fact]
    public async Task An_answered_challenge_is_good_for_nothing_again()
    {
        var port = FreePort();
        var site = $"http://localhost:{port}";
        await using var server = await PortalServer.StartAsync([
            $"urls=http://127.0.0.1:{port}",
            $"Turnstone:Issuer={site}",
        ]);
        var page = await browser.OpenAsync(server);
        await PlugInAsync(page);
        await SignInAsync(page, site);
        await page.GotoAsync($"{site}{Path}");
        await page.Locator("#Name").FillAsync("Laptop");
        await page.Locator("form[data-passkey] #CurrentPassword").FillAsync(Known.Password);
        var adding = await ClickAsync(page, "Add a passkey");
        await Assertions.Expect(page.Locator(".passkey-list strong")).ToHaveTextAsync("Laptop");
        await page.Locator("form.who:visible button").ClickAsync();
        var signingIn = await ClickAsync(page, "Sign in with a passkey");
        await Browser.ArriveAsync(page, "/portal");

        using var signedInAgain = await SendAgainAsync(signingIn);
        Assert.Contains(
            "The passkey was not accepted.",
            await signedInAgain.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        await RemoveAllAsync(server);
        using var addedAgain = await SendAgainAsync(adding, await SessionCookieAsync(page));
        Assert.Contains(
            "The passkey was not added.",
            await addedAgain.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_passkey_stands_for_both_steps_and_passes_the_limit_on_codes()
    {
        var port = FreePort();
        var site = $"http://localhost:{port}";
        await using var server = await PortalServer.StartAsync([
            $"urls=http://127.0.0.1:{port}",
            $"Turnstone:Issuer={site}",
            "Turnstone:Limits:CodesPerAccount:Count=1",
        ]);
        var page = await browser.OpenAsync(server);
        await PlugInAsync(page);
        await SignInAsync(page, site);
        await page.GotoAsync($"{site}{Path}");
        await page.Locator("#Name").FillAsync("Laptop");
        await page.Locator("form[data-passkey] #CurrentPassword").FillAsync(Known.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator(".passkey-list strong")).ToHaveTextAsync("Laptop");
        using var attacker = await Visitor.SignedInAsync(server);
        await attacker.EnableSecondStepAsync(server, confirm: false);
        await attacker.SendAsync("/portal/sign-out", null);
        await attacker.SignInAsync();
        for (var i = 0; i < 3; i++)
        {
            await attacker.SendAsync("/portal/sign-in/second-factor", null, ("Code", "000000"));
        }

        await page.GotoAsync($"{site}/portal/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();

        await Browser.ArriveAsync(page, "/portal");
    }

    private static async Task SignInAsync(IPage page, string site)
    {
        await page.GotoAsync($"{site}/portal/sign-in");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await Browser.ArriveAsync(page, "/portal");
    }

    /// <summary>The request by which the browser sends what the device made.</summary>
    private static Task<IRequest> ClickAsync(IPage page, string button) =>
        page.RunAndWaitForRequestAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync(),
            request =>
                request.Method == "POST"
                && request.PostData?.Contains("clientDataJSON", StringComparison.Ordinal) is true
        );

    /// <summary>The same request with the same cookies, but the session's where it is given.</summary>
    private static async Task<HttpResponseMessage> SendAgainAsync(IRequest sent, string? session = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var again = new HttpRequestMessage(HttpMethod.Post, sent.Url)
        {
            Content = new StringContent(
                sent.PostData!,
                MediaTypeHeaderValue.Parse(await sent.HeaderValueAsync("content-type") ?? "")
            ),
        };
        var cookies = (await sent.HeaderValueAsync("cookie"))!
            .Split("; ")
            .Where(cookie => session is null || !IsSession(cookie));
        again.Headers.Add("Cookie", string.Join("; ", session is null ? cookies : cookies.Append(session)));
        return await http.SendAsync(again, Cancel);
    }

    private static async Task<string> SessionCookieAsync(IPage page) =>
        (await page.Context.CookiesAsync()).Select(cookie => $"{cookie.Name}={cookie.Value}").Single(IsSession);

    private static bool IsSession(string cookie) => cookie.StartsWith("turnstone-session=", StringComparison.Ordinal);

    private static async Task RemoveAllAsync(TurnstoneServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<AccountManager>();
        var account = (await manager.FindByEmailAsync(Known.Email))!;
        foreach (var passkey in await manager.GetPasskeysAsync(account))
        {
            await manager.RemovePasskeyAsync(account, passkey.CredentialId);
        }
    }

    /// <summary>A device that holds passkeys and recognises its user at once.</summary>
    private static async Task PlugInAsync(IPage page)
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
