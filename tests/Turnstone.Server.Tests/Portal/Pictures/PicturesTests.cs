using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>
/// Takes a picture of every page in every state that is worth a look, at two widths, in both schemes and languages, and
/// checks each as <see cref="Look"/> does. It runs when it is asked for: <c>tests/pictures FOLDER</c>.
/// </summary>
public sealed partial class PicturesTests(Browser browser)
{
    // Pages without a look of their own.
    private static readonly string[] Bare = ["/portal/error", "/portal/language", "/portal/admin/audit/export"];

    private static string? Wanted => Environment.GetEnvironmentVariable("TURNSTONE_PICTURES_OF");

    [Theory(Explicit = true)]
    [InlineData(false, false, "en")]
    [InlineData(false, true, "de")]
    [InlineData(true, false, "de")]
    [InlineData(true, true, "en")]
    [InlineData(false, false, "de")]
    [InlineData(false, true, "en")]
    [InlineData(true, false, "en")]
    [InlineData(true, true, "de")]
    public async Task Every_page_has_its_picture_and_is_sound(bool phone, bool dark, string language)
    {
        var kind = $"{(phone ? "phone" : "wide")}-{(dark ? "dark" : "light")}-{language}";
        if (Environment.GetEnvironmentVariable("TURNSTONE_PICTURES_KIND") is { Length: > 0 } only && only != kind)
        {
            return;
        }

        var (server, key) = await FilledPortal.StartAsync();
        await using var closing = server;
        var pages = new Dictionary<Reader, IPage>();
        var seen = new HashSet<string>();
        var wrong = new List<string>();
        var scenes = StrangerScenes.All.Concat(CustomerScenes.All).Concat(AdministratorScenes.All);
        foreach (var scene in scenes.Where(scene => Wanted is null || Regex.IsMatch(scene.Name, Wanted)))
        {
            if (!pages.TryGetValue(scene.As, out var page))
            {
                pages[scene.As] = page = await OpenAsync(server, scene.As, phone, dark, language);
            }

            try
            {
                await scene.Open(page, new Stage(server, key, phone));
                seen.Add(new Uri(page.Url).AbsolutePath);
                await Look.AtAsync(page, $"{scene.Name}-{language}", script: true);
            }
            catch (Exception problem) when (scene.IsError && IsOfItsStatus(problem))
            {
                // What the browser complains of is what the picture shows.
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                wrong.Add($"{scene.Name}: {problem.Message}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        if (Wanted is null)
        {
            Assert.Empty(Unseen(server, seen));
        }
    }

    private static bool IsOfItsStatus(Exception problem) =>
        problem.Message.Contains("responded with a status of 4", StringComparison.Ordinal);

    private async Task<IPage> OpenAsync(TurnstoneServer server, Reader reader, bool phone, bool dark, string language)
    {
        var email = reader switch
        {
            Reader.Newcomer => FilledPortal.Newcomer,
            Reader.Customer => Known.Email,
            Reader.Administrator => Known.OtherEmail,
            _ => null,
        };
        return email is null
            ? await browser.OpenAsync(server, dark, phone: phone, language: language)
            : await browser.SignedInAsync(server, dark, phone: phone, email: email, language: language);
    }

    /// <summary>The pages that no picture shows: a new page is not forgotten.</summary>
    private static List<string> Unseen(TurnstoneServer server, HashSet<string> seen) =>
        [
            .. server
                .Routes()
                .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
                .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
                .Where(route => route.StartsWith("/portal", StringComparison.Ordinal))
                .Except(Bare)
                .Where(route => !seen.Any(path => PatternOf(route).IsMatch(path)))
                .Distinct(),
        ];

    private static Regex PatternOf(string route) => new($"^{Parameter().Replace(route, ".+")}$");

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
