using System.Net;
using System.Text.Json;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Portal.Welcome;

namespace Turnstone.Server.Tests.Portal.Welcome;

/// <summary>The front page: what somebody sees who has no account yet.</summary>
public sealed class WelcomeTests(Browser browser)
{
    private const string SignUp = "href=\"/portal/sign-up\"";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/portal")]
    [InlineData("/")]
    public async Task Whoever_opens_the_portal_signed_out_arrives_at_the_front_page(string path)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        using var ada = await Visitor.SignedInAsync(server);

        using var first = await visitor.GetAsync(path);
        using var last = path == "/" ? await visitor.GetAsync($"{first.Headers.Location}") : null;

        Assert.Equal(WelcomePage.Path, (last ?? first).Headers.Location?.OriginalString);
        Assert.DoesNotContain("hero", await ada.PageAsync("/portal"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "en")]
    [InlineData(false, true, "en")]
    [InlineData(true, false, "de")]
    [InlineData(true, true, "de")]
    public async Task The_pages_that_are_open_to_everybody_are_sound(bool dark, bool phone, string language)
    {
        await using var server = await Portal.Reference.ReferenceTests.StartAsync();
        var page = await browser.OpenAsync(server, dark, phone: phone, language: language);
        string[] paths = [WelcomePage.Path, Guide.Root, Guide.ProtectYourApi.Path, "/portal/sign-in"];
        foreach (var path in paths)
        {
            await page.GotoAsync(path);
            await Look.AtAsync(page, $"visitor-{path.Split('/')[^1]}-{language}", script: true);
        }
    }

    [Fact]
    public async Task Its_lines_of_curl_lead_from_a_key_to_the_answer_of_the_API()
    {
        var url = $"http://127.0.0.1:{Turnstone.Testing.PostgresServer.FreePort()}";
        await using var server = await PortalServer.StartAsync([$"urls={url}", $"Turnstone:Issuer={url}"]);
        var page = await browser.OpenAsync(server);
        await page.GotoAsync(WelcomePage.Path);
        var lines = await page.Locator(".hero-code .copied-text").TextContentAsync();
        Assert.Equal(3, lines!.Split('\n').Length);

        var folder = ServerProcess.NewFolder();
        try
        {
            var shown = await Bash.RunAsync(lines, Known.ApiKey, folder);
            using var answer = JsonDocument.Parse(shown.Output);

            Assert.Equal(3, answer.RootElement.GetProperty("individuals").GetArrayLength());
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task It_offers_an_account_only_where_anybody_may_make_one()
    {
        await using var open = await PortalServer.StartAsync();
        await using var closed = await PortalServer.StartAsync(["Turnstone:Portal:SignUp=false"]);
        using var one = new Visitor(open);
        using var two = new Visitor(closed);

        Assert.Contains(SignUp, await one.PageAsync(WelcomePage.Path), StringComparison.Ordinal);
        foreach (var path in (string[])[WelcomePage.Path, Guide.Root, Guide.ProtectYourApi.Path])
        {
            var page = await two.PageAsync(path);
            Assert.DoesNotContain(SignUp, page, StringComparison.Ordinal);
            Assert.Contains("href=\"/portal/sign-in\"", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_link_of_the_open_pages_leads_somewhere_or_asks_to_sign_in()
    {
        await using var server = await Portal.Reference.ReferenceTests.StartAsync();
        using var visitor = new Visitor(server);
        var pages = Guide.All.Select(guide => guide.Path).Append(Guide.Root).Append(WelcomePage.Path);
        var links = new HashSet<string>();
        foreach (var page in pages)
        {
            links.UnionWith(
                System
                    .Text.RegularExpressions.Regex.Matches(await visitor.PageAsync(page), "href=\"(/[^\"#]*)")
                    .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
            );
        }

        Assert.True(links.Count > 15, string.Join(' ', links));
        foreach (var link in links)
        {
            using var answer = await visitor.GetAsync(link);
            var target = answer.Headers.Location?.OriginalString;
            Assert.True(
                answer.StatusCode is HttpStatusCode.OK || target!.StartsWith("/portal/", StringComparison.Ordinal),
                $"{link}: {answer.StatusCode} {target}"
            );
        }
    }
}
