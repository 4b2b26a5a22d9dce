using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>Copy buttons say what they did, and there are none where they could do nothing.</summary>
public sealed class CopyTests(Browser browser)
{
    [Fact]
    public async Task What_was_copied_is_announced_and_is_in_the_clipboard()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync("/portal");
        var box = page.Locator(".copy").First;

        await box.GetByRole(AriaRole.Button, new() { Name = "Copy API address" }).PressAsync("Enter");

        await Assertions.Expect(box.Locator("[aria-live=polite]")).ToHaveTextAsync("Copied: API address");
        Assert.Equal("https://id.example.test", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Look.AtAsync(page, "copied", script: true);
    }

    [Fact]
    public async Task Without_a_script_there_is_no_button()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync("/portal");

        Assert.Contains("class=\"copied-text\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Copy</button>", page, StringComparison.Ordinal);
    }
}
