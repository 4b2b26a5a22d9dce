using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>A new application ends on what it sends, filled in, and on a button that does it for real.</summary>
public sealed partial class FirstTokenTests(Browser browser)
{
    private const string New = "/portal/applications/new";

    [Fact]
    public async Task A_program_is_tried_with_its_secret_by_the_button_and_by_the_command_and_by_nobody_else()
    {
        await using var server = await PortalServer.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        using var made = await ada.SendAsync(
            New,
            null,
            ("Kind", "program"),
            ("Form.Name", "Nightly job"),
            ("Form.Scopes", "individuals.read")
        );
        var page = WebUtility.HtmlDecode(await made.TextAsync());
        var secret = Secret().Match(page).Value;
        var path = TryPath().Match(page).Value;
        Assert.Contains($"name=\"Secret\" value=\"{secret}\"", page, StringComparison.Ordinal);

        var ran = await Bash.RunAsync(Here(server, Command().Match(page).Value), secret);
        Assert.True(ran.ExitCode == 0, ran.Error);
        Assert.Contains("\"access_token\":\"eyJ", ran.Output, StringComparison.Ordinal);

        using var tried = await ada.SendAsync(New, path, ("Secret", secret), ("Fresh", "true"));
        page = WebUtility.HtmlDecode(await tried.TextAsync());
        Assert.Contains("It works: this token was issued to your application", page, StringComparison.Ordinal);
        Assert.Contains("\"scope\": \"individuals.read\"", page, StringComparison.Ordinal);
        Assert.Contains(secret, page, StringComparison.Ordinal);

        using var typed = await ada.SendAsync(New, path, ("Secret", secret));
        Assert.DoesNotContain(secret, await typed.TextAsync(), StringComparison.Ordinal);
        using var wrong = await ada.SendAsync(New, path, ("Secret", "tss_wrong"));
        page = WebUtility.HtmlDecode(await wrong.TextAsync());
        Assert.Contains("That is not a secret of this application.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("It works", page, StringComparison.Ordinal);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var foreign = await grace.SendAsync(New, path, ("Secret", secret));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    [Fact]
    public async Task An_application_that_signs_users_in_is_tried_from_the_button_to_its_tokens()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server);
        await page.GotoAsync($"{New}?kind=device");
        await page.Locator("#Form_Name").FillAsync("Field app");
        await page.Locator("#Form_RedirectUris").FillAsync(Known.RedirectUri);
        await page.GetByLabel("Read the list of individuals").CheckAsync();
        await page.Locator("main button.primary").ClickAsync();
        await Look.AtAsync(page, "application-first-token", script: true);
        var command = await page.Locator("#try pre").InnerTextAsync();

        var signIn = await page.Context.RunAndWaitForPageAsync(() => page.Locator("#try a.primary").ClickAsync());
        await signIn.Locator("main button.primary").ClickAsync();
        await Expect(signIn.GetByText(Browser.AtTheClient)).ToBeVisibleAsync();
        var code = Code().Match(signIn.Url).Groups["code"].Value;

        var ran = await Bash.RunAsync(Here(server, command), Uri.UnescapeDataString(code));
        Assert.Contains("\"refresh_token\":\"tsr_", ran.Output, StringComparison.Ordinal);
    }

    private static string Here(TurnstoneServer server, string command) =>
        command.Replace("https://id.example.test", $"{server.BaseAddress}".TrimEnd('/'), StringComparison.Ordinal);

    [GeneratedRegex("tss_[A-Za-z0-9_-]+")]
    private static partial Regex Secret();

    [GeneratedRegex("/portal/applications/[^\"?#]+\\?handler=Try")]
    private static partial Regex TryPath();

    [GeneratedRegex(@"read -rsp 'CLIENT_SECRET[^<]+")]
    private static partial Regex Command();

    [GeneratedRegex("[?&]code=(?<code>[^&]+)")]
    private static partial Regex Code();
}
