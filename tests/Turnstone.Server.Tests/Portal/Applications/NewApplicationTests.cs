using System.Net;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using static Turnstone.Server.Tests.Portal.Applications.ShopForm;

namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>The form for a new application: what is made of it, and what it refuses.</summary>
public sealed class NewApplicationTests
{
    private const string Page = "/portal/applications";

    [Fact]
    public async Task An_application_is_made_as_it_was_described_and_its_secret_is_shown_once()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync($"{Page}/new", null, Shop);

        var text = await answer.TextAsync();
        var client = Assert.Single(
            await server.Of<IClientStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        );
        var secret = text[text.IndexOf("tss_", StringComparison.Ordinal)..].Split('<')[0];
        Assert.Null(
            (
                await server
                    .Of<ClientAuthentication>()
                    .AuthenticateAsync(
                        new PresentedClient(client.Id, secret),
                        Caller.Operator,
                        TestContext.Current.CancellationToken
                    )
            ).Refusal
        );
        Assert.DoesNotContain(secret, await visitor.PageAsync($"{Page}/{client.Id}"), StringComparison.Ordinal);
        Assert.Equal(["https://shop.example.test/callback", "http://127.0.0.1:8500/callback"], client.RedirectUris);
        Assert.Equal(
            (TimeSpan.FromMinutes(10), EarlyRefresh.Reject, TimeSpan.FromSeconds(30)),
            (client.AccessLifetime, client.Early, client.RetryWindow)
        );
        Assert.Null(client.RefreshLifetime);
        Assert.Contains("no-store", answer.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_application_has_no_secret()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync($"{Page}/new", null, [.. Shop.Skip(1), ("Kind", "device")]);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains(
            "every sign-in is proven with PKCE",
            await visitor.PageAsync(answer.Headers.Location!.OriginalString),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_kind_is_asked_for_what_it_needs_alone()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var choice = await visitor.PageAsync($"{Page}/new");
        Assert.DoesNotContain("Form.Name", choice, StringComparison.Ordinal);

        foreach (var (kind, redirects) in new[] { ("server", true), ("device", true), ("program", false) })
        {
            Assert.Contains($"{Page}/new?kind={kind}\"", choice, StringComparison.Ordinal);
            var form = await visitor.PageAsync($"{Page}/new?kind={kind}");
            Assert.Contains("Form.Name", form, StringComparison.Ordinal);
            Assert.Contains("Form.Scopes", form, StringComparison.Ordinal);
            Assert.Equal(redirects, form.Contains("Form.RedirectUris", StringComparison.Ordinal));
            Assert.Equal(redirects, form.Contains("Form.GrantTypes", StringComparison.Ordinal));
            Assert.Equal(redirects, form.Contains("value=\"openid\"", StringComparison.Ordinal));
            Assert.Equal(redirects, form.Contains("Users see it", StringComparison.Ordinal));
            Assert.Contains("value=\"individuals.read\"", form, StringComparison.Ordinal);
            Assert.Equal(kind == "server", form.Contains("value=\"client_credentials\"", StringComparison.Ordinal));
            Assert.Matches("<details class=\"card advanced\">", form);
            Assert.True(
                form.IndexOf("<details class=\"card advanced", StringComparison.Ordinal)
                    < form.IndexOf("Form.Access.Number", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task A_program_without_users_acts_for_itself_whatever_else_is_sent()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync(
            $"{Page}/new",
            null,
            ("Kind", "program"),
            ("Form.Name", "Nightly job"),
            ("Form.Scopes", "individuals.read"),
            ("Form.GrantTypes", "authorization_code"),
            ("Form.RedirectUris", "https://evil.example.test/")
        );

        Assert.Contains("tss_", await answer.TextAsync(), StringComparison.Ordinal);
        var client = Assert.Single(
            await server.Of<IClientStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(["client_credentials"], client.GrantTypes);
        Assert.Empty(client.RedirectUris);
        Assert.False(client.Public);
    }

    [Theory]
    [InlineData("")]
    [InlineData("other")]
    [InlineData("confidential")]
    public async Task A_kind_that_there_is_not_is_asked_for(string kind)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync($"{Page}/new", null, [.. Shop.Skip(1), ("Kind", kind)]);

        Assert.Contains("Choose what kind", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Empty(
            await server.Of<IClientStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Bad_input_gets_a_sentence_beside_its_field_and_what_was_typed_stays()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (
            var (field, value, sentence) in new[]
            {
                ("Form.Name", " ", "Enter a name of 1 to 100 characters."),
                ("Form.Name", "a\u0001b", "Enter a name of 1 to 100 characters."),
                ("Form.RedirectUris", "http://shop.example.test/", "has to begin with https"),
                ("Form.RedirectUris", "", "needs at least one redirect URI"),
                ("Form.Access.Number", "ten", "Enter a whole number"),
                ("Form.Access.Number", "-1", "Enter a whole number"),
                ("Form.Access.Number", "99999999999999999999", "Enter a whole number"),
                ("Form.Access.Number", "91", "Enter a time from 1 second to 90 days."),
                ("Form.Access.Unit", "centuries", "Enter a whole number"),
                ("Form.Retry", "3601", "Enter 0 to 3600 seconds."),
                ("Form.Early", "1", "Enter a whole number, or choose from the list."),
                ("Form.Scopes", "accounts.write", "is not offered"),
                ("Form.GrantTypes", "password", "is not offered"),
                ("Form.TokenTypes", "everything", "is not offered"),
            }
        )
        {
            (string, string)[] unit = field == "Form.Access.Number" ? [("Form.Access.Unit", "days")] : [];
            (string, string)[] form =
            [
                .. Shop.Where(pair => pair.Item1 != field && !(unit.Length > 0 && pair.Item1 == "Form.Access.Unit")),
                .. unit,
                (field, value),
            ];

            using var answer = await visitor.SendAsync($"{Page}/new", null, form);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var text = WebUtility.HtmlDecode(await answer.TextAsync());
            Assert.Contains(sentence, text, StringComparison.Ordinal);
            Assert.Contains(
                field == "Form.Name" ? "https://shop.example.test/callback" : "value=\"Web shop\"",
                text,
                StringComparison.Ordinal
            );
        }

        Assert.Empty(
            await server.Of<IClientStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_form_with_nothing_in_it_or_with_everything_twice_is_answered_by_sentences()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var empty = await visitor.SendAsync($"{Page}/new", null, ("Kind", "server"));
        using var twice = await visitor.SendAsync(
            $"{Page}/new",
            null,
            [
                .. Shop,
                ("Form.Name", "x"),
                ("Form.Name[0]", "y"),
                ("Form.Access", "z"),
                ("Form", "q"),
                ("Form.Scopes", ""),
                ("Form.OwnerId", "1"),
                ("Known.Id", "shop"),
            ]
        );

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (empty.StatusCode, twice.StatusCode));
        Assert.Contains("Please correct the fields below", await empty.TextAsync(), StringComparison.Ordinal);
    }
}
