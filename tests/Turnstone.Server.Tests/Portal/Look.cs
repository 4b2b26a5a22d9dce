using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal;

/// <summary>What is looked at on each state of a page in a flow.</summary>
internal static class Look
{
    /// <summary>
    /// It is sound (where scripts run: axe is one), it does not scroll sideways, and where TURNSTONE_TEST_SCREENSHOTS
    /// names a folder its picture is put there.
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
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }
    }
}
