using System.Net;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Sessions;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Portal.Applications.ShopForm;

namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>The page of an application that there is: changes, secrets, keys, its end, and whose it is.</summary>
public sealed class ApplicationsTests
{
    private const string Page = "/portal/applications";

    [Fact]
    public async Task What_is_changed_is_saved_and_a_stale_form_undoes_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        var made = (await server.GivenApplicationAsync()).Client;
        using var visitor = await Visitor.SignedInAsync(server);
        var own = $"{Page}/{made.Id}";
        (string, string)[] form =
        [
            ("Form.RedirectUris", Given.Callback),
            ("Form.GrantTypes", "authorization_code"),
            ("Revision", "1"),
        ];

        using var saved = await visitor.SendAsync(own, $"{own}?handler=Save", [("Form.Name", "First"), .. form]);
        using var stale = await visitor.SendAsync(own, $"{own}?handler=Save", [("Form.Name", "Second"), .. form]);

        Assert.Equal(own, saved.Headers.Location?.OriginalString);
        var text = await stale.TextAsync();
        Assert.Contains("changed in the meantime, so nothing was saved", text, StringComparison.Ordinal);
        Assert.Contains("value=\"Second\"", text, StringComparison.Ordinal);
        var client = await server.Of<IClientStore>().FindAsync(made.Id, TestContext.Current.CancellationToken);
        Assert.Equal(("First", 0), (client?.Name, client?.Scopes.Names.Count));
    }

    [Fact]
    public async Task A_second_secret_asks_for_the_password_and_either_can_go()
    {
        await using var server = await PortalServer.StartAsync();
        var made = await server.GivenApplicationAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var own = $"{Page}/{made.Client.Id}";

        using var wrong = await visitor.SendAsync(own, $"{own}?handler=AddSecret", ("Password", "not it"));
        Assert.Contains("That is not your password.", await wrong.TextAsync(), StringComparison.Ordinal);
        using var right = await visitor.SendAsync(own, $"{own}?handler=AddSecret", ("Password", Known.Password));
        Assert.Contains("tss_", await right.TextAsync(), StringComparison.Ordinal);
        using var third = await visitor.SendAsync(own, $"{own}?handler=AddSecret", ("Password", Known.Password));
        Assert.Equal(HttpStatusCode.NotFound, third.StatusCode);

        using var removed = await visitor.SendAsync(
            own,
            $"{own}?handler=RemoveSecret",
            ("secret", OwnApplications.IdOf(made.Client.Secrets[0]))
        );
        Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        Assert.NotNull(
            (
                await server
                    .Of<ClientAuthentication>()
                    .AuthenticateAsync(
                        new PresentedClient(made.Client.Id, made.Secret),
                        Caller.Operator,
                        TestContext.Current.CancellationToken
                    )
            ).Refusal
        );
    }

    [Fact]
    public async Task Its_owner_lets_it_sign_instead_of_sending_a_secret()
    {
        await using var server = await PortalServer.StartAsync();
        var made = await server.GivenApplicationAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec("2031");
        using var next = ClientKey.Ec("2032");
        var own = $"{Page}/{made.Client.Id}";

        Task<HttpResponseMessage> RegisterAsync(string set, string password = Known.Password) =>
            visitor.SendAsync(own, $"{own}?handler=Keys", ("Jwks", set), ("KeysPassword", password));

        using var wrong = await RegisterAsync(ClientKey.Set(key), "not it");
        Assert.Contains("That is not your password.", await wrong.TextAsync(), StringComparison.Ordinal);
        using var secret = await RegisterAsync("""{"keys":[{"kty":"oct","k":"AQ"}]}""");
        Assert.Contains("Never give a private key here.", await secret.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(server, Wire.Basic(made.Client.Id, made.Secret!)));

        using var right = await RegisterAsync(ClientKey.Set(key));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Contains("2031", await visitor.PageAsync(own), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, Wire.Basic(made.Client.Id, made.Secret!)));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(server, made, key));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, made, next));

        using var both = await RegisterAsync(ClientKey.Set(key, next));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(server, made, next));
        using var second = await visitor.SendAsync(own, $"{own}?handler=AddSecret", ("Password", Known.Password));
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
    }

    // A code that does not exist: 400 says that the client was let in.
    private static async Task<HttpStatusCode> AskAsync(TurnstoneServer server, (string Name, string Value) basic)
    {
        using var answer = await server.FormAsync("/oauth2/token", "grant_type=authorization_code&code=x", basic);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> AskAsync(TurnstoneServer server, MintedClient made, ClientKey key)
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code=x&{AssertingClient.Proof(server, key, made.Client.Id)}"
        );
        return answer.StatusCode;
    }

    [Fact]
    public async Task One_that_is_ended_is_refused_at_once_with_all_it_holds()
    {
        await using var server = await PortalServer.StartAsync();
        var made = await server.GivenApplicationAsync();
        var held = await server.GivenSessionAsync(Known.OtherEmail, made.Client.Id, contract: "oauth2");
        using var visitor = await Visitor.SignedInAsync(server);
        var own = $"{Page}/{made.Client.Id}";

        using var ended = await visitor.SendAsync(own, $"{own}?handler=End");

        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.True(server.Refuses(held));
        var page = await visitor.PageAsync(own);
        Assert.Contains("This application was deleted", page, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Save", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_accounts_application_and_its_secrets_are_answered_like_none()
    {
        await using var server = await PortalServer.StartAsync();
        var (theirs, mine) = (
            await server.GivenApplicationAsync("Depot", Known.OtherEmail),
            await server.GivenApplicationAsync()
        );
        var secret = OwnApplications.IdOf(theirs.Client.Secrets[0]);
        using var visitor = await Visitor.SignedInAsync(server);
        var own = $"{Page}/{mine.Client.Id}";

        foreach (var id in (string[])[theirs.Client.Id, Known.ClientId, "nobody", "a%0Ab", new('x', 3000)])
        {
            using var shown = await visitor.GetAsync($"{Page}/{id}");
            Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
            foreach (var handler in (string[])["Save", "AddSecret", "RemoveSecret", "End"])
            {
                using var answer = await visitor.SendAsync(
                    own,
                    $"{Page}/{id}?handler={handler}",
                    [
                        .. Shop,
                        ("Revision", "1"),
                        ("Password", Known.Password),
                        ("secret", secret),
                        ("ClientId", mine.Client.Id),
                    ]
                );
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        foreach (var id in (string[])[secret, "", "zz", new('0', 16)])
        {
            using var removed = await visitor.SendAsync(own, $"{own}?handler=RemoveSecret", ("secret", id));
            Assert.Equal(HttpStatusCode.NotFound, removed.StatusCode);
        }

        var unchanged = await server
            .Of<IClientStore>()
            .FindAsync(theirs.Client.Id, TestContext.Current.CancellationToken);
        Assert.Equal((1, "Depot"), (unchanged?.Revision, unchanged?.Name));
        Assert.Equal(
            1,
            (await server.Of<IClientStore>().FindAsync(mine.Client.Id, TestContext.Current.CancellationToken))?.Revision
        );
        Assert.DoesNotContain("Depot", await visitor.PageAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_HTML_in_it_is_shown_as_text()
    {
        await using var server = await PortalServer.StartAsync();
        var made = await server.GivenApplicationAsync("<script>alert(1)</script>\"'");
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var path in (string[])[Page, $"{Page}/{made.Client.Id}", "/portal/sessions"])
        {
            var page = await visitor.PageAsync(path);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        }
    }
}
