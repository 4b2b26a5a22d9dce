using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Tests.Portal.Administration;
using Xunit.Sdk;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// Every page that has an address of its own, as an administrator sees it: axe finds nothing, the browser complains of
/// nothing, nothing scrolls sideways. The other states of a page are its own tests' business.
/// </summary>
public sealed class EveryPageSoundTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, "en")]
    [InlineData(true, true, "de")]
    public async Task Every_page_is_sound(bool dark, bool phone, string language)
    {
        await using var server = await Portal.Reference.ReferenceTests.StartAsync();
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: language);
        var paths = server
            .Routes()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            .Where(path =>
                !path.Contains('{', StringComparison.Ordinal)
                && path.StartsWith("/portal", StringComparison.Ordinal)
                && path is not ("/portal/error" or "/portal/admin/audit/export")
            )
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(paths.Count > 30, $"Only {paths.Count} pages were found.");

        foreach (var path in paths)
        {
            await page.GotoAsync(path);
            await Look.AtAsync(page, path.TrimStart('/').Replace('/', '-'), script: true);
        }
    }

    [Fact]
    public async Task An_image_without_words_is_found()
    {
        await using var server = await Portal.Reference.ReferenceTests.StartAsync();
        var page = await browser.OpenAsync(server);
        await page.GotoAsync("/portal/sign-in");
        await page.EvaluateAsync("document.querySelector('main').append(new Image())");

        var found = await Assert.ThrowsAsync<TrueException>(() => Browser.AssertSoundAsync(page));
        Assert.Contains("image-alt", found.Message, StringComparison.Ordinal);
    }
}
