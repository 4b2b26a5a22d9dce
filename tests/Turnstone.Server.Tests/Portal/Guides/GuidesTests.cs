using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Guides;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Guides;

public sealed partial class GuidesTests(Browser browser)
{
    private const string Hostile = """<script>alert(1)</script>"'; touch broken-out; '""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => new([Guide.Root, .. Guide.All.Select(guide => guide.Path)]);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_guide_is_open_to_everybody_and_sound_in_light_and_dark_wide_and_narrow(string path)
    {
        await using var server = await PortalServer.StartAsync();
        foreach (var (dark, phone) in new[] { (false, false), (true, true) })
        {
            var page = await browser.OpenAsync(server, dark, phone: phone, language: dark ? "de" : "en");
            await page.GotoAsync(path);
            await Look.AtAsync(page, Path.GetFileName(path), script: true);
        }
    }

    [Fact]
    public async Task The_first_is_how_to_protect_an_API()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        var page = await visitor.PageAsync(Guide.Root);

        var first = Regex.Match(
            page[page.IndexOf("<main", StringComparison.Ordinal)..],
            "href=\"(/portal/guides/[^\"]+)"
        );
        Assert.Equal(Guide.ProtectYourApi.Path, first.Groups[1].Value);
    }

    [Fact]
    public async Task Whoever_is_signed_in_finds_the_names_of_the_own_keys_and_no_secret()
    {
        await using var server = await PortalServer.StartAsync();
        var minted = await MakeKeyAsync(server, "nightly job");
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Guide.GettingStarted.Path));

        Assert.Contains($"API key nightly job ({minted.Key.Hint}…)", page, StringComparison.Ordinal);
        Assert.Contains("Key of your subscription to starter", page, StringComparison.Ordinal);
        Assert.Contains($"export TURNSTONE_EMAIL='{Known.Email}'", page, StringComparison.Ordinal);
        foreach (var secret in new[] { minted.Text, Known.SubscriptionKey, Known.ApiKey, Known.Password })
        {
            Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
        }
    }

    /// <summary>The newest of each may not do what the samples show, so an older one is named.</summary>
    [Fact]
    public async Task The_names_are_of_those_that_may_do_what_the_samples_show()
    {
        await using var server = await PortalServer.StartAsync();
        await MakeKeyAsync(server, "may read", "individuals.read");
        await MakeClientAsync(server, "may-read", client => client);
        await MakeKeyAsync(server, "may only write", "individuals.write");
        await MakeClientAsync(server, "may-not-alone", client => client with { GrantTypes = ["authorization_code"] });
        var write = Scopes.Of(["individuals.write"]);
        await MakeClientAsync(server, "may-only-write", client => client with { Scopes = write });
        await MakeClientAsync(server, "is-public", client => client with { Public = true });
        await MakeClientAsync(server, "is-disabled", client => client with { DisabledAt = server.Time.Now });
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Guide.GettingStarted.Path));

        Assert.Contains("API key may read", page, StringComparison.Ordinal);
        Assert.Contains("export TURNSTONE_CLIENT_ID='may-read'", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_reads_no_names()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        var page = await visitor.PageAsync(Guide.GettingStarted.Path);

        Assert.DoesNotContain(Known.Email, page, StringComparison.Ordinal);
        Assert.Contains("you@example.com", page, StringComparison.Ordinal);
        Assert.Contains("Sign in to see the names of your own keys", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_a_key_is_text_on_the_page_and_one_word_in_the_shell()
    {
        await using var server = await PortalServer.StartAsync();
        await MakeKeyAsync(server, Hostile);
        var page = await browser.SignedInAsync(server);

        await page.GotoAsync(Guide.GettingStarted.Path);
        var lines = await page.Locator(".sample .copied-text", new() { HasText = "TURNSTONE_API_KEY" })
            .First.TextContentAsync();

        Assert.Contains(Hostile.Replace("'", @"'\''", StringComparison.Ordinal), lines, StringComparison.Ordinal);
        await Browser.AssertSoundAsync(page);
        var folder = ServerProcess.NewFolder();
        try
        {
            var shell = await Bash.RunAsync(lines!, "secret", folder);
            Assert.Equal(0, shell.ExitCode);
            Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    [InlineData("a\u202eb")]
    public void A_name_stays_on_its_line(string name)
    {
        var lines = SampleVariables.Lines(
            [SampleVariables.ApiKey],
            new ReaderNames("https://id.example.test", ApiKey: name),
            (_, called) => $"Key {called}"
        );

        Assert.Equal("read -rsp 'Key a b: ' TURNSTONE_API_KEY && export TURNSTONE_API_KEY", lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sample_is_chosen_by_its_language_by_keyboard_alone(bool script)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server, script: script);
        await page.GotoAsync(Guide.UpdatingTokens.Path);
        await Assertions.Expect(page.Locator("#refresh-cs ~ .tab-cs")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#refresh-cs ~ .tab-mjs")).ToBeHiddenAsync();

        await page.Locator("#refresh-cs").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");

        await Assertions.Expect(page.Locator("#refresh-cs ~ .tab-mjs")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#refresh-cs ~ .tab-cs")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_guide_shows_each_sample_as_it_is()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var pages = WebUtility.HtmlDecode(
            await visitor.PageAsync(Guide.GettingStarted.Path) + await visitor.PageAsync(Guide.UpdatingTokens.Path)
        );

        Assert.All(
            Sample.All,
            sample =>
                Assert.All(
                    SampleLanguage.All,
                    language => Assert.Contains(sample.Text(language), pages, StringComparison.Ordinal)
                )
        );
    }

    /// <summary>The client's form of each language stands before the other, and all of them before curl.</summary>
    [Fact]
    public async Task A_guide_begins_with_the_three_lines_of_the_client_and_ends_with_curl()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Guide.GettingStarted.Path));

        foreach (var sample in (Sample[])[Sample.Login, Sample.ApiKey, Sample.ClientCredentials])
        {
            List<string> forms = [];
            foreach (var language in SampleLanguage.All)
            {
                forms.AddRange(new[] { sample.ByClient(language), sample.Text(language) }.OfType<string>());
            }

            var places = forms.ConvertAll(form => page.IndexOf(form, StringComparison.Ordinal));
            Assert.Equal((7, sample.Text(SampleLanguage.Curl)), (forms.Count, forms[^1]));
            Assert.DoesNotContain(-1, places);
            Assert.Equal(places.Order(), places);
            var chosen = Regex.Match(page, $"id=\"{sample.Name}-(?<language>\\w+)\"[^>]*checked");
            Assert.Equal("cs", chosen.Groups["language"].Value);
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Other_pages_find_the_anchors_that_they_lead_to(string language)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var page = await visitor.PageAsync(Guide.UpdatingTokens.Path);

        string[] anchors =
        [
            "when-to-refresh",
            "save-first",
            "lost-answers",
            "several-workers",
            "several-machines",
            "reuse",
            "too-early",
            "sign-in-again",
        ];
        Assert.All(
            anchors,
            anchor =>
            {
                Assert.Contains($"<h2 id=\"{anchor}\">", page, StringComparison.Ordinal);
                Assert.Contains($"<a href=\"#{anchor}\">", page, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Each_link_of_a_guide_to_a_guide_leads_to_a_heading_that_is_there(string language)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        var pages = new Dictionary<string, string>();
        foreach (var guide in Guide.All)
        {
            pages[guide.Path] = await visitor.PageAsync(guide.Path);
        }

        foreach (var (path, text) in pages)
        {
            foreach (Match link in AnchorLink().Matches(text))
            {
                var target = link.Groups["path"].Value is { Length: > 0 } other ? other : path;
                Assert.Contains($"id=\"{link.Groups["anchor"].Value}\"", pages[target], StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Every_error_code_of_the_contracts_is_explained(string language)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        var page = await visitor.PageAsync(Guide.Errors.Path);

        var codes = System
            .IO.Directory.GetFiles(Path.Combine(Repository.Root, "docs/contracts"), "*.md")
            .SelectMany(File.ReadLines)
            .SelectMany(line =>
                ErrorRow().Match(line) is { Success: true } row
                    ? Code().Matches(row.Groups["codes"].Value).Select(code => code.Groups["code"].Value)
                    : []
            )
            .Distinct()
            .ToList();

        Assert.True(codes.Count > 25, $"The tables were not read: {string.Join(", ", codes)}");
        Assert.All(codes, code => Assert.Contains($"<code>{code}</code>", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guide_that_is_not_there_is_not_found()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/guides/GettingStarted.en");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<MintedApiKey> MakeKeyAsync(
        TurnstoneServer server,
        string name,
        string scope = "individuals.read"
    )
    {
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var account = (await Known.AccountAsync(server.Services))!.Id;
        return await server
            .Services.GetRequiredService<Turnstone.Directory.ApiKeys>()
            .CreateAsync(account, name, Scopes.Of([scope]), null, Caller.Operator, Cancel);
    }

    private static async Task MakeClientAsync(TurnstoneServer server, string id, Func<Client, Client> change)
    {
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientCreated,
            At = server.Time.Now,
            Caller = Caller.Operator,
        };
        var client = new Client
        {
            Id = id,
            Name = id,
            OwnerId = (await Known.AccountAsync(server.Services))!.Id,
            CreatedAt = server.Time.Now,
            Secrets = [new ClientSecret(new byte[32], "", server.Time.Now)],
            GrantTypes = ["client_credentials"],
            Scopes = Scopes.Of(["individuals.read"]),
        };
        var receipt = await server.Of<IClientStore>().SaveAsync(change(client), entry, Cancel);
        Assert.Equal(ReceiptKind.Committed, receipt.Kind);
    }

    [GeneratedRegex("href=\"(?<path>/portal/guides/[a-z0-9-]+)?#(?<anchor>[a-z0-9-]+)\"")]
    private static partial Regex AnchorLink();

    // A row of an errors table: a status, then cells of which the first ones hold codes.
    [GeneratedRegex(@"^\| [45]\d\d[\d, ]*\|(?<codes>[^|]*\|[^|]*)\|")]
    private static partial Regex ErrorRow();

    [GeneratedRegex("`(?<code>[a-z]+_[a-z_]+)`")]
    private static partial Regex Code();
}
