using System.Net;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>The operator's own guides, from a folder of Markdown.</summary>
public sealed class OwnGuidesTests(Browser browser) : IDisposable
{
    private const string Refunds = """
        # Refunds & <b>more</b>

        How to give money *back*.

        ## First, ask

        See [fees](fees.md#small), [the reference](/reference) and [our site](https://acme.example/).

        ![A receipt](receipt.png)

        <script>document.title = "taken"</script>

        [x](#first-ask){onclick=alert(1)}

        | Amount | Fee |
        |---|--:|
        | 1 | 0.10 |

        ```sh
        curl https://acme.example/refunds
        ```
        """;

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_guide_of_ones_own_is_a_page_like_the_others_and_runs_nothing(bool dark, bool phone)
    {
        Write("refunds.md", Refunds);
        Write("fees.en.md", "# Fees\n\nWhat it costs.\n\n## Small\n\nLittle.");
        Write("fees.de.md", "# Gebühren\n\nWas es kostet.\n\n## Small\n\nWenig.");
        await File.WriteAllBytesAsync(
            Path.Combine(folder, "receipt.png"),
            Convert.FromBase64String(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            ),
            Cancel
        );
        await using var server = await PortalServer.StartAsync([$"Turnstone:Portal:Guides={folder}"]);
        var page = await browser.OpenAsync(server, dark, phone: phone, language: dark ? "de" : "en");

        await page.GotoAsync($"{Guide.Root}/refunds");
        await Look.AtAsync(page, "own-guide", script: true);
        var html = await page.Locator("article").InnerHTMLAsync();

        Assert.StartsWith("Refunds & <b>more</b>", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("onclick=\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/portal/guides/fees#small\"", html, StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('article img').naturalWidth > 0"));
        Assert.Equal("#first-ask", await page.Locator(".contents a").First.GetAttributeAsync("href"));

        await page.GotoAsync(Guide.Root);
        await Browser.AssertSoundAsync(page);
        await page.GetByRole(
                Microsoft.Playwright.AriaRole.Link,
                new() { Name = dark ? "Gebühren" : "Fees", Exact = true }
            )
            .ClickAsync();
        Assert.Contains(
            dark ? "Was es kostet." : "What it costs.",
            await page.ContentAsync(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a.md", "No heading.", "a.md does not begin with a heading")]
    [InlineData("a.md", "# A\n\n![x](https://elsewhere.example/x.png)", "which is not in the folder")]
    [InlineData("a.md", "# A\n\n![x](../secret.png)", "which is not in the folder")]
    [InlineData("a.md", "# A\n\n[x](javascript:alert(1))", "links to javascript:alert(1)")]
    [InlineData("a.md", "# A\n\n[x](//elsewhere.example)", "links to //elsewhere.example")]
    [InlineData("a.md", "# A\n\n[x](missing.md)", "links to missing.md")]
    [InlineData("a.md", "# A\n\n<javascript:alert(1)>", "links to javascript:alert(1)")]
    [InlineData("errors.md", "# A", "needs another name")]
    [InlineData("A guide.md", "# A", "needs another name")]
    [InlineData("a.fr.md", "# A", "needs another name")]
    public async Task What_would_break_a_page_stops_the_start_with_a_sentence(string name, string text, string said)
    {
        Write(name, text);

        var refused = await Assert.ThrowsAsync<SettingsException>(() =>
            PortalServer.StartAsync([$"Turnstone:Portal:Guides={folder}"])
        );

        Assert.Contains(said, Assert.Single(refused.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_else_of_the_folder_is_served()
    {
        Write("a.md", "# A");
        Write("notes.txt", "secret");
        await using var server = await PortalServer.StartAsync([$"Turnstone:Portal:Guides={folder}"]);
        using var visitor = new Visitor(server);

        foreach (var name in (string[])["notes.txt", "a.md", "..%2fa.md", "missing.png"])
        {
            using var answer = await visitor.GetAsync($"{OwnGuides.ImageRoot}/{name}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
