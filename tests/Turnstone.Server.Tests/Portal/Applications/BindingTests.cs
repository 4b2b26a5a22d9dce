using System.Net;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>What an owner says in the form about origins of pages and about keys that tokens are bound to.</summary>
public sealed class BindingTests
{
    private const StringComparison Plain = StringComparison.Ordinal;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Origins_are_saved_shown_and_refused_in_words()
    {
        await using var server = await Administrators.StartAsync();
        var id = (await server.GivenApplicationAsync()).Client.Id;
        using var visitor = await Visitor.SignedInAsync(server);

        (string, string) two = ("Form.Origins", "https://a.example.test\r\nhttp://127.0.0.1:3000");
        var saved = await SaveAsync(server, visitor, id, two);
        var wrong = await SaveAsync(server, visitor, id, ("Form.Origins", "https://a.example.test/page"));
        var many = string.Join('\n', Enumerable.Range(0, 21).Select(i => $"https://a{i}.example.test"));
        var tooMany = await SaveAsync(server, visitor, id, ("Form.Origins", many));

        Assert.Equal("", saved);
        Assert.Contains("“https://a.example.test/page” is no origin.", wrong, StringComparison.Ordinal);
        Assert.Contains("Enter at most 20 origins.", tooMany, StringComparison.Ordinal);
        Assert.Equal(["https://a.example.test", "http://127.0.0.1:3000"], (await FindAsync(server, id)).Origins);
        var page = WebUtility.HtmlDecode(await visitor.PageAsync($"/portal/applications/{id}"));
        Assert.Contains("https://a.example.test\nhttp://127.0.0.1:3000</textarea>", page, StringComparison.Ordinal);
        Assert.Contains(
            "<code>https://a.example.test</code>",
            await visitor.PageAsync($"/portal/admin/clients/{id}"),
            StringComparison.Ordinal
        );

        Assert.Equal("", await SaveAsync(server, visitor, id));
        Assert.Empty((await FindAsync(server, id)).Origins);
    }

    [Fact]
    public async Task A_new_application_sends_a_challenge_until_its_owner_says_that_it_is_older()
    {
        await using var server = await Administrators.StartAsync();
        var id = (await server.GivenApplicationAsync()).Client.Id;
        using var visitor = await Visitor.SignedInAsync(server);
        Assert.False((await FindAsync(server, id)).PredatesPkce);

        Assert.Equal("", await SaveAsync(server, visitor, id, ("Form.PredatesPkce", "true")));
        Assert.True((await FindAsync(server, id)).PredatesPkce);
        Assert.Contains("its program is older", await visitor.PageAsync($"/portal/admin/clients/{id}"), Plain);
        Assert.Equal("", await SaveAsync(server, visitor, id));
        Assert.False((await FindAsync(server, id)).PredatesPkce);
    }

    [Fact]
    public async Task Tokens_are_bound_by_choice_and_a_form_without_the_choice_changes_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        var id = (await server.GivenApplicationAsync()).Client.Id;
        using var visitor = await Visitor.SignedInAsync(server);

        Assert.Equal("", await SaveAsync(server, visitor, id, ("Form.Binding", "Dpop")));
        Assert.Equal("", await SaveAsync(server, visitor, id));

        Assert.Equal(ClientBinding.Dpop, (await FindAsync(server, id)).Binding);
        var page = await visitor.PageAsync($"/portal/applications/{id}");
        Assert.Contains("<details class=\"card advanced\" open", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"try\"", page, StringComparison.Ordinal);
        var wrong = await SaveAsync(server, visitor, id, ("Form.Binding", "1"));
        Assert.Contains("or choose from the list", wrong, StringComparison.Ordinal);

        Assert.Equal("", await SaveAsync(server, visitor, id, ("Form.Binding", "Bearer")));
        Assert.Equal(ClientBinding.Bearer, (await FindAsync(server, id)).Binding);
    }

    [Fact]
    public async Task The_profile_of_banks_is_for_an_application_that_signs_and_stays_when_the_form_is_saved()
    {
        await using var server = await PortalServer.StartAsync();
        var id = (await server.GivenApplicationAsync()).Client.Id;
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec();
        var own = $"/portal/applications/{id}";

        var early = await SaveAsync(server, visitor, id, ("Form.Binding", "Fapi2"));
        Assert.Contains("Register its public keys above first.", early, StringComparison.Ordinal);
        using var keys = await visitor.SendAsync(
            own,
            $"{own}?handler=Keys",
            ("Jwks", ClientKey.Set(key)),
            ("KeysPassword", Known.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, keys.StatusCode);

        Assert.Equal("", await SaveAsync(server, visitor, id, ("Form.Binding", "Fapi2")));
        Assert.Equal("", await SaveAsync(server, visitor, id));
        var bank = await FindAsync(server, id);
        Assert.True(bank is { IsFapi2: true, MustPush: true, DpopBound: true, KeepsRefreshTokens: true });
        Assert.True(bank.Takes(ClientMethod.PrivateKeyJwt));
        Assert.Contains(
            "is not offered",
            await SaveAsync(server, visitor, id, ("Form.Algorithm", "RS256")),
            StringComparison.Ordinal
        );

        Assert.Equal("", await SaveAsync(server, visitor, id, ("Form.Binding", "Bearer")));
        Assert.True(
            await FindAsync(server, id) is { Binding: ClientBinding.Bearer, MustPush: false, KeepsRefreshTokens: false }
        );
    }

    [Fact]
    public async Task Only_what_exists_and_can_sign_is_offered_the_profile()
    {
        await using var server = await PortalServer.StartAsync();
        var app = (await server.GivenApplicationAsync(isPublic: true)).Client.Id;
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var path in (string[])[app, "new?kind=server", "new?kind=device"])
        {
            var page = await visitor.PageAsync($"/portal/applications/{path}");
            Assert.Contains("value=\"Dpop\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("value=\"Fapi2\"", page, StringComparison.Ordinal);
        }

        Assert.Contains(
            "Register its public keys above first.",
            await SaveAsync(server, visitor, app, ("Form.Binding", "Fapi2")),
            StringComparison.Ordinal
        );
    }

    // What the page says; nothing if it was saved.
    private static async Task<string> SaveAsync(
        TurnstoneServer server,
        Visitor visitor,
        string id,
        params (string Name, string Value)[] more
    )
    {
        var own = $"/portal/applications/{id}";
        using var answer = await visitor.SendAsync(
            own,
            $"{own}?handler=Save",
            [
                ("Form.Name", "Web shop"),
                ("Form.RedirectUris", Given.Callback),
                ("Form.GrantTypes", "authorization_code"),
                ("Form.GrantTypes", "refresh_token"),
                ("Revision", $"{(await FindAsync(server, id)).Revision}"),
                .. more,
            ]
        );
        return answer.StatusCode is HttpStatusCode.Redirect ? "" : WebUtility.HtmlDecode(await answer.TextAsync());
    }

    private static async Task<Client> FindAsync(TurnstoneServer server, string id) =>
        (await server.Of<IClientStore>().FindAsync(id, Cancel))!;
}
