using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Applications;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>
/// Which APIs a client may ask for by name: an administrator says it of every client, an owner of his own and of APIs
/// that are offered.
/// </summary>
public sealed partial class ClientRightsTests
{
    private const StringComparison Plain = StringComparison.Ordinal;
    private const string Page = $"/portal/admin/clients/{OwnClient.Id}";
    private const string Act = $"{Page}?handler=Rights";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_and_a_grant_are_given_for_a_reason_and_taken_away()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        Assert.Equal("invalid_target", await AskAsync(server));

        (string, string)[] both = [("ByName", KnownApis.Open), ("Given", TokenExchangeGrant.TypeName)];
        var shown = ("Revision", $"{(await FindAsync(server)).Revision}");
        using var unproven = await ada.SendAsync(Page, Act, [.. both, shown, ("Reason", Administrators.Reason)]);
        var asked = WebUtility.HtmlDecode(await unproven.TextAsync());
        Assert.Contains("This is not your password.", asked, Plain);
        var words = string.Join(' ', asked.Split().Where(word => word.Length > 0));
        Assert.Contains($"value=\"{KnownApis.Open}\" checked", words, Plain);
        Assert.Equal("invalid_target", await AskAsync(server));

        using var given = await SendAsync(ada, both);
        Assert.Equal(Page, given.Headers.Location?.OriginalString);
        Assert.Equal("200", await AskAsync(server));
        Assert.Equal(
            ["authorization_code", "refresh_token", "client_credentials", TokenExchangeGrant.TypeName],
            (await FindAsync(server)).GrantTypes
        );
        Assert.Contains(KnownApis.Open, await ada.PageAsync(Page), Plain);
        await server.AssertRecordedAsync(AuditEvent.ClientChanged);

        using var taken = await SendAsync(ada);
        Assert.Equal(Page, taken.Headers.Location?.OriginalString);
        Assert.Equal("invalid_target", await AskAsync(server));
        Assert.Equal(
            ["authorization_code", "refresh_token", "client_credentials"],
            (await FindAsync(server)).GrantTypes
        );
    }

    [Theory]
    [InlineData("ByName", "https://unknown.example.test")]
    [InlineData("Given", "password")]
    [InlineData("Given", "client_credentials")]
    public async Task What_cannot_be_given_is_not(string field, string value)
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var before = (await FindAsync(server)).Revision;

        using var refused = await SendAsync(ada, (field, value));

        Assert.Contains("This client cannot have that.", await refused.TextAsync(), Plain);
        Assert.Equal(before, (await FindAsync(server)).Revision);
    }

    /// <summary>A page that was open meanwhile would give back what the other took away.</summary>
    [Fact]
    public async Task A_page_of_before_undoes_nothing_that_another_has_changed()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        using var given = await SendAsync(ada, ("ByName", KnownApis.Open));
        var before = await FindAsync(server);
        Assert.Contains($"name=\"Revision\" value=\"{before.Revision}\"", await ada.PageAsync(Page), Plain);
        using var taken = await SendAsync(ada);
        Assert.Empty((await FindAsync(server)).Resources.Identifiers);

        foreach (var revision in new[] { $"{before.Revision}", "0", "", "x" })
        {
            using var stale = await ada.SendAsync(
                Page,
                Act,
                [.. Why, ("ByName", KnownApis.Open), ("Revision", revision)]
            );
            var page = await stale.TextAsync();
            Assert.Contains("Somebody has changed this client in the meantime", page, Plain);
            Assert.Contains("<details class=\"card advanced\" open", page, Plain);
            Assert.Empty((await FindAsync(server)).Resources.Identifiers);
        }

        Assert.Equal("invalid_target", await AskAsync(server));
    }

    /// <summary>They prove nothing, or say of themselves what they are.</summary>
    [Fact]
    public async Task A_public_client_is_given_no_grant_and_a_stranger_nothing()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var open = $"/portal/admin/clients/{Known.PublicClientId}";
        Assert.DoesNotContain(TokenExchangeGrant.TypeName, await ada.PageAsync(open), Plain);
        using var refused = await ada.SendAsync(
            open,
            $"{open}?handler=Rights",
            [.. Why, ("Revision", "1"), ("Given", TokenExchangeGrant.TypeName)]
        );
        Assert.Contains("This client cannot have that.", await refused.TextAsync(), Plain);

        await OwnClient.ChangeAsync(server, client => client with { Source = ClientSource.Registration });
        Assert.DoesNotContain("ByName", await ada.PageAsync(Page), Plain);
        using var stranger = await SendAsync(ada, ("ByName", KnownApis.Open));
        Assert.Equal(HttpStatusCode.OK, stranger.StatusCode);
        Assert.Equal("invalid_target", await AskAsync(server));
    }

    [Fact]
    public async Task An_owner_chooses_among_the_APIs_that_are_offered_and_keeps_what_he_was_given()
    {
        await using var server = await StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("weather", "urn:example:weather") with { Offered = true });
        var bills = KnownApis.Of("bills", "urn:example:bills", "bills.read");
        await KnownApis.AddAsync(server, bills with { Offered = true });
        var id = (await server.GivenApplicationAsync()).Client.Id;
        var page = $"/portal/applications/{id}";
        using var ada = await Visitor.SignedInAsync(server);
        var form = await ada.PageAsync(page);
        Assert.Contains("value=\"urn:example:weather\"", form, Plain);
        Assert.DoesNotContain("value=\"urn:example:bills\"", form, Plain);
        Assert.DoesNotContain($"value=\"{KnownApis.Open}\"", form, Plain);

        Assert.Equal("", await SaveAsync(ada, "urn:example:weather"));
        Assert.Equal(["urn:example:weather"], await NamedAsync());
        Assert.Contains("is not offered", await SaveAsync(ada, KnownApis.Open), Plain);
        Assert.Contains("is not offered", await SaveAsync(ada, "urn:example:bills"), Plain);
        Assert.Equal(["urn:example:weather"], await NamedAsync());

        await KnownApis.ChangeAsync(server, id, client => client with { Resources = Resources.Of([KnownApis.Open]) });
        Assert.Equal("", await SaveAsync(ada, KnownApis.Open));
        Assert.Equal([KnownApis.Open], await NamedAsync());
        Assert.Equal("", await SaveAsync(ada));
        Assert.Empty(await NamedAsync());
        Assert.Contains("is not offered", await SaveAsync(ada, KnownApis.Open), Plain);

        async Task<IReadOnlyList<string>> NamedAsync() =>
            (await server.Services.GetRequiredService<IClientStore>().FindAsync(id, Cancel))!.Resources.Identifiers;

        async Task<string> SaveAsync(Visitor visitor, params string[] resources)
        {
            var revision = (await server.Services.GetRequiredService<IClientStore>().FindAsync(id, Cancel))!.Revision;
            using var saved = await visitor.SendAsync(
                page,
                $"{page}?handler=Save",
                [
                    .. ShopForm.Shop.Where(field => field.Item1 != "Kind"),
                    .. resources.Select(one => ("Form.Resources", one)),
                    ("Revision", $"{revision}"),
                ]
            );
            return saved.StatusCode is HttpStatusCode.OK ? WebUtility.HtmlDecode(await saved.TextAsync()) : "";
        }
    }

    private static (string, string)[] Why => [("Reason", Administrators.Reason), ("Password", Known.Password)];

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await Administrators.StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("open", KnownApis.Open));
        await OwnClient.AddAsync(server, client => client);
        return server;
    }

    /// <summary>Sends the form with the revision that its page shows.</summary>
    private static async Task<HttpResponseMessage> SendAsync(Visitor visitor, params (string, string)[] fields)
    {
        var revision = ShownRevision().Match(await visitor.PageAsync(Page)).Groups[1].Value;
        return await visitor.SendAsync(Page, Act, [.. Why, .. fields, ("Revision", revision)]);
    }

    private static async Task<Client> FindAsync(TurnstoneServer server) =>
        (await server.Services.GetRequiredService<IClientStore>().FindAsync(OwnClient.Id, Cancel))!;

    /// <summary>What the client gets for the API without scopes.</summary>
    private static async Task<string> AskAsync(TurnstoneServer server)
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials&resource={KnownApis.Open}",
            OwnClient.Basic
        );
        return answer.IsSuccessStatusCode ? "200" : (string)(await answer.BodyAsync())["error"]!;
    }

    [GeneratedRegex("name=\"Revision\" value=\"(\\d+)\"")]
    private static partial Regex ShownRevision();
}
