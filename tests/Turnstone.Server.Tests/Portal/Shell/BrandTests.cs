using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Server.Hosting;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.Welcome;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.SignIn;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>The operator's name, logo, colours and links, and what is refused of them at start.</summary>
public sealed class BrandTests(Browser browser) : IDisposable
{
    private const string Svg = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="#0b5cad"/></svg>
        """;

    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-logo-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Administrators_see_what_is_not_public_yet_and_nobody_else_does()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "refunds.md"), "# Refunds\n\nMoney back.\n", Cancel);
        await using var server = await Administration.Administrators.StartAsync([
            "Turnstone:Portal:Brand:Name=Acme",
            "Turnstone:Portal:Preview:Brand:Name=Acme Two",
            "Turnstone:Portal:Preview:Brand:Accent=#0b5cad",
            $"Turnstone:Portal:Preview:Guides={folder.FullName}",
        ]);
        using var ada = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var visitor = new Visitor(server);

        var shown = await ada.PageAsync("/portal/guides");
        Assert.Contains("Acme Two", shown, StringComparison.Ordinal);
        Assert.Contains("Turnstone:Portal:Preview", shown, StringComparison.Ordinal);
        Assert.Contains("/assets/colours-", shown, StringComparison.Ordinal);
        Assert.Contains("Money back.", await ada.PageAsync("/portal/guides/refunds"), StringComparison.Ordinal);
        foreach (var other in new[] { grace, visitor })
        {
            var page = await other.PageAsync("/portal/guides");
            Assert.DoesNotContain("Acme Two", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Preview", page, StringComparison.Ordinal);
            Assert.DoesNotContain("refunds", page, StringComparison.Ordinal);
            using var guide = await other.GetAsync("/portal/guides/refunds");
            Assert.Equal(HttpStatusCode.NotFound, guide.StatusCode);
        }

    }

    [Fact]
    public async Task Name_logo_colours_and_links_are_on_every_page_and_it_stays_sound()
    {
        var logo = await LogoAsync(".svg");
        await using var server = await Portal.Reference.ReferenceTests.StartAsync([
            "Turnstone:Portal:Brand:Name=Acme & Söhne",
            "Turnstone:Portal:Brand:Description=Payments for <everybody>.",
            $"Turnstone:Portal:Brand:Logo={logo}",
            "Turnstone:Portal:Brand:Accent=#0b5cad",
            "Turnstone:Portal:Brand:Support=mailto:help@acme.example",
            "Turnstone:Portal:Brand:Terms=https://acme.example/terms",
        ]);
        foreach (var dark in new[] { false, true })
        {
            var page = await browser.OpenAsync(server, dark);
            foreach (var path in (string[])[WelcomePage.Path, "/portal/sign-in", "/portal/reference"])
            {
                await page.GotoAsync(path);
                await Look.AtAsync(page, $"brand-{path.Split('/')[^1]}", script: true);
                Assert.Contains("Acme & Söhne", await page.TitleAsync(), StringComparison.Ordinal);
                Assert.DoesNotContain(
                    "Turnstone",
                    await page.Locator(".brand").TextContentAsync(),
                    StringComparison.Ordinal
                );
                Assert.True(await page.EvaluateAsync<bool>("document.querySelector('.brand img').naturalWidth > 0"));
                var accent = await page.EvaluateAsync<string>(
                    "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
                );
                Assert.Equal(dark, accent != "#0b5cad");
                Assert.DoesNotContain("c2410c", accent, StringComparison.Ordinal);
            }
        }

        using var visitor = new Visitor(server);
        var front = await visitor.PageAsync(WelcomePage.Path);
        Assert.Contains("Payments for &lt;everybody&gt;.", front, StringComparison.Ordinal);
        Assert.Contains("href=\"mailto:help@acme.example\"", front, StringComparison.Ordinal);
        Assert.Contains("href=\"https://acme.example/terms\"", front, StringComparison.Ordinal);
        using var image = await visitor.GetAsync(server.Of<Brand>().Logo);
        Assert.Equal("image/svg+xml", image.Content.Headers.ContentType?.MediaType);
        Assert.Contains(
            "sandbox",
            image.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.Equal(Svg, await image.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>What a customer reads names the provider: pages, documents and letters.</summary>
    [Fact]
    public async Task Nothing_that_a_customer_reads_names_the_program()
    {
        await using var server = await Reference.ReferenceTests.StartAsync(["Turnstone:Portal:Brand:Name=Acme"]);
        await server.GivenApplicationAsync();
        using var stranger = new Visitor(server);
        using (await stranger.SignUpAsync()) { }
        using var customer = await Visitor.SignedInAsync(server);

        foreach (
            var path in (string[])
                [
                    "",
                    "/subscriptions",
                    "/api-keys",
                    "/api-keys/new",
                    "/applications",
                    "/applications/new?kind=server",
                    "/sessions",
                    "/health",
                    "/activity",
                    "/profile",
                    "/profile/generate-token",
                    "/profile/security",
                    "/profile/security/second-factor",
                    "/guides",
                    .. Guide.All.Select(guide => guide.Path["/portal".Length..]),
                    "/device",
                    "/reference",
                    "/sign-out",
                ]
        )
        {
            AssertAcme(path, await customer.PageAsync($"/portal{path}"));
        }

        AssertAcme("front", await stranger.PageAsync(WelcomePage.Path));
        AssertAcme("sign-up", await stranger.PageAsync("/portal/sign-up"));
        var document = new Uri("/openapi/oauth2.json", UriKind.Relative);
        AssertAcme("document", await server.Http.GetStringAsync(document, Cancel));
        AssertAcme("letter", server.LettersTo(Steps.NewEmail)[0].Text);
    }

    // Headers of the protocol keep their names, and so does what a sample takes from the packages of the clients.
    private const string OtherThanNames = @"(?<!\.Add)Turnstone(?![-_:]|\.Client|\.AspNetCore|Session\b)";

    /// <summary>In what is to be read.</summary>
    private static void AssertAcme(string what, string text)
    {
        var read = Regex.Replace(text, "<[^>]*>", "");
        Assert.True(Regex.Match(read, $".{{0,60}}{OtherThanNames}.{{0,60}}") is { Success: false }, $"{what}: {read}");
        Assert.Contains("Acme", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Accent=#ffcc00", "links on #fafaf9", "4.5 to 1", "darker")]
    [InlineData("Accent=#c2410c|AccentDark=#7a1f00", "AccentDark", "4.5 to 1", "lighter")]
    [InlineData("Accent=orange", "give a colour as #rrggbb")]
    [InlineData("AccentDark=#ffffff", "without Turnstone:Portal:Brand:Accent")]
    [InlineData("Name=", "one line of 1 to 40 characters")]
    [InlineData("Logo=/nowhere/logo.svg", "does not exist")]
    [InlineData("Support=javascript:alert(1)", "https: or mailto:")]
    [InlineData("Terms=mailto:a@b.example", "https:")]
    public void What_would_break_the_pages_is_refused_at_start_with_a_sentence(string given, params string[] said)
    {
        var problem = Assert.Single(Problems(given.Split('|')));

        Assert.StartsWith("Turnstone:Portal:Brand:", problem, StringComparison.Ordinal);
        Assert.All(said, part => Assert.Contains(part, problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_logo_that_is_no_image_is_refused_by_its_name()
    {
        var file = await LogoAsync(".html");

        Assert.Contains(".svg or .png", Assert.Single(Problems($"Logo={file}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#ff0000", "#00ff00", 2.91)]
    public void The_contrast_is_that_of_WCAG(string one, string two, double contrast)
    {
        Assert.True(Colour.TryParse(one, out var first));
        Assert.True(Colour.TryParse(two, out var second));

        Assert.Equal(contrast, first.ContrastWith(second), 0.01);
        Assert.Equal(one, first.ToString());
    }

    [Fact]
    public void The_portals_own_accent_would_be_accepted_on_the_grounds_that_the_stylesheet_has()
    {
        var style = File.ReadAllText(Path.Combine(Repository.Root, "src/Turnstone.Server/Portal/Shell/portal.css"));
        foreach (var ground in (string[])["fafaf9", "ffffff", "f5f5f4", "131110", "1c1a18", "26231f"])
        {
            Assert.Matches($"--(ground|card|code): #{ground};", style);
        }

        Assert.Empty(Problems("Accent=#c2410c", "AccentDark=#fb923c"));
        Assert.Empty(Problems("Accent=#000000"));
    }

    private static IReadOnlyList<string> Problems(params string[] given)
    {
        string[] arguments =
        [
            "--environment=Development",
            .. given.Select(setting => $"--Turnstone:Portal:Brand:{setting}"),
        ];
        var builder = ServerHost.CreateBuilder(arguments);
        try
        {
            ServerSettings.Read(builder.Configuration, builder.Environment, AllContracts.List);
            return [];
        }
        catch (SettingsException refused)
        {
            return refused.Problems;
        }
    }

    private async Task<string> LogoAsync(string ending)
    {
        var file = Path.Combine(folder.FullName, $"logo{ending}");
        await File.WriteAllTextAsync(file, Svg, Cancel);
        return file;
    }
}
