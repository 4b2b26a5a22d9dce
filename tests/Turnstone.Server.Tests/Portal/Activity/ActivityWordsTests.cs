using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Activity;

/// <summary>Activity in plain words, folded, and narrowed to a key, an application or an address.</summary>
public sealed class ActivityWordsTests : IAsyncLifetime
{
    private const string Page = "/portal/activity";

    private TurnstoneServer server = null!;
    private Visitor visitor = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = await Visitor.SignedInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("distance 1", "the token before the last one")]
    [InlineData("distance 3", "a token from 3 refreshes ago")]
    [InlineData("distance -2", "its token was 2 refreshes ahead")]
    [InlineData("two generations in a row, each twice", "two refreshes in a row came twice")]
    [InlineData("subscription 01a1fd40-afd8-71be-85a5-eb60255c2086: Active to Suspended", "active, now suspended")]
    [InlineData("subscription 01a1fd40-afd8-71be-85a5-eb60255c2086: keys shown", "both keys shown")]
    [InlineData("subscription 01a1fd40-afd8-71be-85a5-eb60255c2086: Secondary key changed", "secondary key replaced")]
    [InlineData("successor 01a1fd40-afd8-71be-85a5-eb60255c2086", "a new key takes its place")]
    [InlineData("ClientCredentials × 17", "by the application for itself × 17")]
    [InlineData("ApiKey: 17 more in this minute", "by API key: 17 more in this minute")]
    [InlineData("provisioned: imported", "by the provider's file: imported")]
    [InlineData("openid “Know you” a.b “See b”", "openid “Know you” a.b “See b”")]
    [InlineData(
        "ES256 key TcuadC21pawdTf3n, signs from 2031-05-06 07:08:00Z; RS256 key Ih7-_5bjcXYMek-Z, signs from "
            + "2031-05-07 07:08:00Z",
        "ES256 TcuadC21…, signs from 2031-05-06; RS256 Ih7-_5bj…, signs from 2031-05-07"
    )]
    [InlineData("distance of a sort", "distance of a sort")]
    [InlineData("name, scopes", "name, scopes")]
    public async Task A_detail_is_said_in_plain_words_and_the_export_keeps_it(string detail, string expected)
    {
        await AddAsync(detail: detail);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));
        using var json = await visitor.GetAsync($"{Page}?handler=Json");

        // A date is kept on one line by a tag around it.
        var text = Regex.Replace(page, "<span class=\"nowrap\">([^<]*)</span>", "$1");
        Assert.Contains($">{expected}<", text, StringComparison.Ordinal);
        Assert.Contains(
            System.Text.Json.JsonSerializer.Serialize(detail),
            await json.TextAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_scope_was_said_to_allow_is_quoted_as_in_the_readers_language()
    {
        await AddAsync(detail: "openid “Erfahren, wer du bist” a.b “Lesen”");
        visitor.Http.DefaultRequestHeaders.Add("Accept-Language", "de");

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));

        Assert.Contains(">openid „Erfahren, wer du bist“ a.b „Lesen“<", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_neighbours_are_one_row_and_the_export_has_each()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(what: AuditEvent.PasswordChanged);
        }

        await AddAsync(what: AuditEvent.PasswordChanged, address: "192.0.2.45");
        await AddAsync(what: AuditEvent.PasswordChanged);

        var page = await visitor.PageAsync($"{Page}?group=account");
        using var json = await visitor.GetAsync($"{Page}?group=account&handler=Json");

        Assert.Equal(3, page.Split("<th scope=\"row\"").Length - 1);
        Assert.Contains("5 times since", page, StringComparison.Ordinal);
        Assert.Equal(7, System.Text.Json.Nodes.JsonNode.Parse(await json.TextAsync())!.AsArray().Count);
    }

    [Fact]
    public async Task A_key_an_application_and_an_address_narrow_the_list()
    {
        var key = (await server.Of<IApiKeyStore>().ListAsync(await server.IdAsync(), Cancel))[0];
        var shop = await server.GivenApplicationAsync();
        await AddAsync(detail: "of the key", key: key.Id);
        await AddAsync(detail: "of the shop", client: shop.Client.Id);
        await AddAsync(detail: "from elsewhere", address: "198.51.100.5");

        foreach (
            var (query, expected) in new[]
            {
                ($"?by=key:{key.Id}", "of the key"),
                ($"?by={shop.Client.Id}", "of the shop"),
                ("?address=198.51.100.5", "from elsewhere"),
                ("?address=%20198.51.100.5%20", "from elsewhere"),
            }
        )
        {
            var page = await visitor.PageAsync($"{Page}{query}");
            foreach (var detail in new[] { "of the key", "of the shop", "from elsewhere" })
            {
                Assert.Equal(
                    (query, detail, detail == expected),
                    (query, detail, page.Contains($">{detail}<", StringComparison.Ordinal))
                );
            }
        }

        Assert.Contains(
            "No events match",
            await visitor.PageAsync($"{Page}?by=key:{key.Id}&address=198.51.100.5"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_address_that_is_not_shown_cannot_be_found_out_by_searching_for_it()
    {
        var shop = await server.GivenApplicationAsync();
        var admin = await server.IdAsync(Known.OtherEmail);
        await AddAsync(detail: "a user's", email: Known.OtherEmail, client: shop.Client.Id, address: "198.51.100.6");
        await server
            .Of<IAuditLog>()
            .AppendAsync(
                new AuditEntry
                {
                    Event = AuditEvent.AccountChanged,
                    At = server.Time.Now,
                    Caller = new Caller("198.51.100.7").ActingAs(admin, "asked by phone"),
                    AccountId = await server.IdAsync(),
                },
                Cancel
            );

        Assert.Contains(">a user&#x27;s<", await visitor.PageAsync(Page), StringComparison.Ordinal);
        foreach (var address in new[] { "198.51.100.6", "198.51.100.7" })
        {
            Assert.Contains(
                "No events match",
                await visitor.PageAsync($"{Page}?address={address}"),
                StringComparison.Ordinal
            );
            using var json = await visitor.GetAsync($"{Page}?address={address}&handler=Json");
            Assert.Empty(System.Text.Json.Nodes.JsonNode.Parse(await json.TextAsync())!.AsArray());
        }
    }

    [Fact]
    public async Task A_key_or_an_application_of_somebody_else_finds_nothing()
    {
        var theirs = (await server.Of<IApiKeyStore>().ListAsync(await server.IdAsync(), Cancel))[0];
        await AddAsync(detail: "ada's", key: theirs.Id);
        var shop = await server.GivenApplicationAsync();
        await AddAsync(detail: "ada's", client: shop.Client.Id);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);

        foreach (var by in new[] { $"key:{theirs.Id}", shop.Client.Id, "key:x", "'" })
        {
            Assert.Contains(
                "No events match",
                await grace.PageAsync($"{Page}?by={Uri.EscapeDataString(by)}"),
                StringComparison.Ordinal
            );
        }
    }

    private async Task AddAsync(
        AuditEvent what = AuditEvent.AccountChanged,
        string? detail = null,
        string email = Known.Email,
        Guid? key = null,
        string? client = null,
        string address = "192.0.2.44"
    )
    {
        await server
            .Of<IAuditLog>()
            .AppendAsync(
                new AuditEntry
                {
                    Event = what,
                    At = server.Time.Now,
                    Caller = new Caller(address, "curl/8.5.0"),
                    AccountId = await server.IdAsync(email),
                    ApiKeyId = key,
                    ClientId = client,
                    Detail = detail,
                },
                Cancel
            );
        server.Time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
