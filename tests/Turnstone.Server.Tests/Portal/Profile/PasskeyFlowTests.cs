using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Profile;

/// <summary>Passkeys in a browser with a device that holds them.</summary>
public sealed class PasskeyFlowTests(Browser browser)
{
    private const string Path = PasskeyDevice.Page;
    private const string HostileName = "<script>alert(1)</script>\"'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_is_added_signs_in_alone_and_is_removed()
    {
        var (server, site) = await PasskeyDevice.ServerAsync();
        await using var closing = server;
        var page = await browser.OpenAsync(server);
        await PasskeyDevice.PlugInAsync(page);
        await PasskeyDevice.SignInAsync(page, site);
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
        var (server, site) = await PasskeyDevice.ServerAsync();
        await using var closing = server;
        var page = await browser.OpenAsync(server);
        await PasskeyDevice.PlugInAsync(page);
        await PasskeyDevice.SignInAsync(page, site);
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
        var (server, site) = await PasskeyDevice.ServerAsync("Turnstone:Limits:CodesPerAccount:Count=1");
        await using var closing = server;
        var page = await browser.OpenAsync(server);
        await PasskeyDevice.PlugInAsync(page);
        await PasskeyDevice.SignInAsync(page, site);
        await PasskeyDevice.AddAsync(page, site);
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
}
