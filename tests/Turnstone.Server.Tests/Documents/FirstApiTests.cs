using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Tests.Operations;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Documents;

/// <summary>
/// docs/tutorials/first-api.md, walked: its blocks are pasted one after the other, and what its text says is clicked.
/// </summary>
public sealed partial class FirstApiTests(Browser browser) : IDisposable
{
    private const string Password = "kreide teppich ampel gurke";

    private static readonly string Page = File.ReadAllText(
        Path.Combine(Repository.Root, "docs/tutorials/first-api.md")
    );

    private readonly TutorialMachine machine = new(browser.SecurePort);

    [Fact]
    public async Task Whoever_follows_the_page_calls_an_API_of_his_own_with_a_token_of_his_own()
    {
        var blocks = Block().Matches(Page).Select(block => block.Groups["text"].Value).ToList();
        Assert.Equal(5, blocks.Count);
        await machine.Shell.SucceedsAsync($"set -e\n{blocks[0]}");
        var made = await machine.Shell.SucceedsAsync($"set -e\n{blocks[1]}");

        var key = await ClickAsync(Link().Match(made).Value);

        Assert.StartsWith("read -rsp", blocks[2], StringComparison.Ordinal);
        await machine.Shell.SucceedsAsync($"set -e\n{blocks[3]}");
        var called = await machine.Shell.SucceedsAsync($"exec < <(echo {key})\n{blocks[2]}\n{blocks[4]}");
        Assert.Equal("{\"product\":null}\nwithout a token: 401\n", called);
    }

    [Fact]
    public void The_API_of_the_page_is_that_of_the_guide() =>
        Assert.Contains(ProtectedApi.FastApi.Text("main.py"), Page, StringComparison.Ordinal);

    public void Dispose() => machine.Dispose();

    /// <summary>What the page says about the portal; answers the new key.</summary>
    private async Task<string> ClickAsync(string link)
    {
        var page = await browser.OpenSecureAsync();
        await using var context = page.Context;
        await page.GotoAsync(link);
        Assert.Contains("id=\"Password\"", await page.ContentAsync(), StringComparison.Ordinal);
        await page.Locator("#Password").FillAsync(Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("#Email").FillAsync("you@example.com");
        await page.Locator("#Password").FillAsync(Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.WaitForURLAsync("https://id.example.com/portal");
        await Expect(page).ToHaveTitleAsync(new Regex("Acme"));
        Assert.Equal(
            "#0b5cad",
            (
                await page.EvaluateAsync<string>(
                    "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
                )
            ).Trim()
        );

        await page.GetByRole(AriaRole.Link, new() { Name = "API keys", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an API key" }).First.ClickAsync();
        await page.Locator("#Name").FillAsync("laptop");
        await Expect(page.GetByLabel("Read the list of individuals")).ToBeCheckedAsync();
        await page.Locator("main button.primary").ClickAsync();
        return await page.Locator(".copied-text").First.InnerTextAsync();
    }

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"https://id\.example\.com/portal/\S+")]
    private static partial Regex Link();
}
