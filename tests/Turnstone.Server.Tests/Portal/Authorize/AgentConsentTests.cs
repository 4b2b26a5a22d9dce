using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Hosting.Outbound;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// What the question about an agent looks like that nobody here has made, in both languages, and that somebody lets it
/// in for a time and for a part of what it wanted.
/// </summary>
public sealed class AgentConsentTests(Browser browser)
{
    private const string Back = "/callback";
    private const string Asked = "openid email individuals.read";

    [Theory]
    [InlineData("en", false, true)]
    [InlineData("de", true, false)]
    [InlineData("de", false, true)]
    public async Task Who_asks_is_told_and_it_is_let_in_for_an_hour_and_a_part(string language, bool dark, bool phone)
    {
        await using var foreign = await ForeignServer.StartAsync();
        foreign.Publish(Back, context => context.Response.BodyWriter.CompleteAsync().AsTask());
        var id = foreign.Publish(new() { ["redirect_uris"] = new JsonArray(foreign.At(Back)), ["scope"] = Asked });
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: language);
        var url = AuthorizeUrl.OAuth2(("client_id", id), ("redirect_uri", foreign.At(Back)), ("scope", Asked));
        var words = Words.Of(language);

        await page.GotoAsync(url);
        await AssertToldAsync(page, words, words.NeverSeen);
        await Look.AtAsync(page, $"consent-agent-{language}", script: true);
        await page.GetByLabel(words.For).SelectOptionAsync(new SelectOptionValue { Label = words.Hour });
        await page.GetByLabel(words.Email).UncheckAsync();
        await Look.AtAsync(page, $"consent-agent-part-{language}", script: true);
        await page.GetByRole(AriaRole.Button, new() { Name = words.Allow }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(foreign.At(Back))}\\?"));

        var code = HttpUtility.ParseQueryString(new Uri(page.Url).Query)["code"];
        using var exchanged = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&client_id={Uri.EscapeDataString(id)}&redirect_uri={Uri.EscapeDataString(foreign.At(Back))}"
        );
        var tokens = await exchanged.BodyAsync();
        Assert.Equal("openid individuals.read", (string?)tokens["scope"]);

        // The part that was left out is asked for again, by somebody who is known now.
        await page.GotoAsync(url);
        await AssertToldAsync(page, words, words.FirstSeen);
        await Look.AtAsync(page, $"consent-agent-known-{language}", script: true);
        server.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.False(await DescribedClient.RefreshesAsync(server, id, (string)tokens["refresh_token"]!));
    }

    private static async Task AssertToldAsync(IPage page, Words words, string seen)
    {
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = words.Heading })).ToBeVisibleAsync();
        var notice = page.Locator("main .notice.warn");
        foreach (var sentence in (string[])[words.DescribedAt, words.NobodyVouches, seen])
        {
            await Assertions.Expect(notice).ToContainTextAsync(sentence);
        }
    }

    private sealed record Words(
        string Heading,
        string DescribedAt,
        string NobodyVouches,
        string NeverSeen,
        string FirstSeen,
        string Email,
        string For,
        string Hour,
        string Allow
    )
    {
        public static Words Of(string language) =>
            language == "de"
                ? new(
                    "Agent of the tests möchte auf dein Konto zugreifen",
                    "So nennt sich ein Programm auf 127.0.0.1",
                    "Niemand hat hier geprüft, wer dahintersteht.",
                    "Noch niemand hat es hier eingelassen.",
                    "Hier zuerst eingelassen: 2031-05-06",
                    "Deine E-Mail-Adresse sehen",
                    "Für wie lange",
                    "Für eine Stunde",
                    "Erlauben"
                )
                : new(
                    "Agent of the tests wants access to your account",
                    "This is what a program calls itself on 127.0.0.1",
                    "Nobody here has checked who is behind it.",
                    "Nobody has ever let it in here.",
                    "First allowed here: 2031-05-06",
                    "See your email address",
                    "For how long",
                    "For an hour",
                    "Allow"
                );
    }
}
