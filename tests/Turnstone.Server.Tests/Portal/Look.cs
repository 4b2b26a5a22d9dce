using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal;

/// <summary>What is looked at on each state of a page in a flow.</summary>
internal static class Look
{
    /// <summary>The tables that a reader would have to push sideways: there is room, or lists are cards.</summary>
    // The numbers below a chart are opened by hand, and scroll within their box. What is closed, nobody sees.
    private const string TooWide =
        "[...document.querySelectorAll('.table')].filter(table => !table.closest('.numbers, details:not([open])'))"
        + ".filter(table => table.scrollWidth > table.clientWidth + 1)"
        + ".map(table => `${table.getAttribute('aria-label')} is ${table.scrollWidth} wide, not ${table.clientWidth}`)";

    /// <summary>
    /// It is sound (where scripts run: axe is one), neither it nor a table of it scrolls sideways, and where
    /// TURNSTONE_TEST_SCREENSHOTS names a folder its picture is put there.
    /// </summary>
    public static async Task AtAsync(IPage page, string name, bool script)
    {
        if (Environment.GetEnvironmentVariable("TURNSTONE_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var dark = await page.EvaluateAsync<bool>("matchMedia('(prefers-color-scheme: dark)').matches");
            var kind =
                $"{(page.ViewportSize!.Width < 500 ? "phone" : "wide")}-{(dark ? "dark" : "light")}"
                + (script ? "" : "-noscript");
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{kind}.png"), FullPage = true }
            );
        }

        Assert.False(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"),
            $"{name} scrolls sideways."
        );
        var wide = await page.EvaluateAsync<string[]>(TooWide);
        Assert.True(wide.Length == 0, $"{name}: {string.Join('\n', wide)}");
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }
    }
}
