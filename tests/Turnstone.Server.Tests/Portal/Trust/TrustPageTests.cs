using System.Net;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Portal.Trust;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Trust;

/// <summary>Who may be an application without a secret is its owner's to say, and to see what came of it.</summary>
public sealed class TrustPageTests
{
    private const StringComparison Plain = StringComparison.Ordinal;

    private const string Branch = "Field.Branch";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workflow_is_trusted_seen_and_no_longer_trusted()
    {
        await using var server = await PortalServer.StartAsync();
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var page = $"/portal/applications/{client}/trust";
        using var visitor = await Visitor.SignedInAsync(server);
        Assert.Contains(page, await visitor.PageAsync($"/portal/applications/{client}"), Plain);
        Assert.Contains($"{page}/github", await visitor.PageAsync(page), Plain);

        using var key = ClientKey.Ec();
        var form = $"{page}/github";
        using var unpinned = await visitor.SendAsync(form, form, [.. Fields(key).Where(one => one.Item1 != Branch)]);
        var refused = WebUtility.HtmlDecode(await unpinned.TextAsync());
        Assert.Contains("Give Branch or Environment in full, so that only your program gets tokens.", refused, Plain);
        Assert.Contains("acme/batch", refused, Plain);

        using var added = await visitor.SendAsync(form, form, Fields(key));
        Assert.Equal(page, added.Headers.Location?.OriginalString);
        var rule = Assert.Single(await server.Of<ITrustStore>().ListAsync(client, Cancel));
        Assert.Equal("repository=acme/batch ref=refs/heads/main", string.Join(' ', rule.Conditions));

        var store = server.Of<ITrustStore>();
        store.NoteUse(rule.Id, server.Time.GetUtcNow(), "repo:acme/batch:ref:refs/heads/main");
        store.NoteRefusal(rule.Id, server.Time.GetUtcNow(), "claim ref=refs/heads/<dev>");
        var shown = WebUtility.HtmlDecode(await visitor.PageAsync(page));
        Assert.Contains("repo:acme/batch:ref:refs/heads/main", shown, Plain);
        Assert.Contains("ref was “refs/heads/<dev>” and has to be “refs/heads/main”.", shown, Plain);
        Assert.Contains("id-token: write", shown, Plain);
        Assert.Contains($"-d client_id={client}", shown, Plain);

        using var removed = await visitor.SendAsync(page, $"{page}?handler=Remove", ("id", rule.Id.ToString()));
        Assert.Equal(page, removed.Headers.Location?.OriginalString);
        Assert.Empty(await store.ListAsync(client, Cancel));

        var entries = await visitor.PageAsync("/portal/activity");
        Assert.Contains("trust added: https://token.actions.githubusercontent.com", entries, Plain);
        Assert.Contains("trust removed", entries, Plain);
    }

    [Fact]
    public async Task Anothers_application_is_not_there_and_nothing_of_it_can_be_added_or_removed()
    {
        await using var server = await PortalServer.StartAsync();
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var page = $"/portal/applications/{client}/trust";
        using var key = ClientKey.Ec();
        using var owner = await Visitor.SignedInAsync(server);
        (await owner.SendAsync($"{page}/github", $"{page}/github", Fields(key))).Dispose();
        var rule = Assert.Single(await server.Of<ITrustStore>().ListAsync(client, Cancel));
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);

        using var seen = await other.GetAsync(page);
        using var form = await other.GetAsync($"{page}/github");
        using var added = await other.SendAsync("/portal/profile", $"{page}/github", Fields(key));
        using var removed = await other.SendAsync(
            "/portal/profile",
            $"{page}?handler=Remove",
            ("id", rule.Id.ToString())
        );

        foreach (var answer in new[] { seen, form, added, removed })
        {
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Single(await server.Of<ITrustStore>().ListAsync(client, Cancel));
    }

    /// <summary>Whoever is trusted acts as the application, as whoever has a secret of it does.</summary>
    [Fact]
    public async Task The_password_is_asked_again_twenty_minutes_after_the_sign_in()
    {
        await using var server = await PortalServer.StartAsync();
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var form = $"/portal/applications/{client}/trust/github";
        using var key = ClientKey.Ec();
        using var visitor = await Visitor.SignedInAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(21));

        using var unproven = await visitor.SendAsync(form, form, Fields(key));
        Assert.Equal(HttpStatusCode.OK, unproven.StatusCode);
        Assert.Empty(await server.Of<ITrustStore>().ListAsync(client, Cancel));
        using var proven = await visitor.SendAsync(form, form, [.. Fields(key), ("Password", Known.Password)]);
        Assert.Equal(HttpStatusCode.Redirect, proven.StatusCode);
    }

    /// <summary>A typing error is seen where it is made.</summary>
    [Fact]
    public async Task An_issuer_without_keys_is_not_added()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var form = $"/portal/applications/{client}/trust/other";
        using var visitor = await Visitor.SignedInAsync(server);
        (string, string)[] fields =
        [
            ("Field.Issuer", foreign.At("")),
            ("Field.Subject", "batch"),
            ("Audience", TrustedProgram.Audience),
        ];

        using var missing = await visitor.SendAsync(form, form, fields);
        Assert.Contains("The issuer has no discovery document", await missing.TextAsync(), Plain);

        using var key = ClientKey.Ec();
        foreign.Publish("/keys", ClientKey.Set(key));
        foreign.Publish(
            "/.well-known/openid-configuration",
            $$"""{"issuer":"{{foreign.At("")}}","jwks_uri":"{{foreign.At("/keys")}}"}"""
        );
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var added = await visitor.SendAsync(form, form, fields);
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
    }

    /// <summary>Every form makes a rule without flaws of what its hints say, and every world has a snippet.</summary>
    [Fact]
    public void The_words_of_every_world_become_a_rule_that_is_taken()
    {
        using var key = ClientKey.Ec();
        var typed = new Dictionary<string, string>
        {
            ["Issuer"] = "https://idp.acme.example",
            ["Repository"] = "acme/batch",
            ["Project"] = "acme/batch",
            ["Branch"] = "main",
            ["Namespace"] = "jobs",
            ["ServiceAccount"] = "batch",
            ["SpiffeId"] = "spiffe://acme.example/batch",
            ["Role"] = "arn:aws:iam::123456789012:role/batch",
            ["Tenant"] = "7f0a",
            ["ObjectId"] = "1b2c",
            ["UniqueId"] = "1042",
            ["Subject"] = "batch",
            ["Claims"] = "team=blue\r\nstage=prod*",
        };
        var keys = TrustedProgram.Rule(key).Keys;
        foreach (var form in TrustForm.All)
        {
            string Read(string field) =>
                field == "Issuer" && form.World.Name == "aws"
                    ? "https://a1.tokens.sts.global.api.aws"
                    : typed.GetValueOrDefault(field, "");
            var rule = new TrustRule
            {
                Id = RandomSource.System.NewId(TurnstoneServer.Start),
                ClientId = "batch",
                Issuer = form.IssuerOf(Read),
                Audience = "https://id.example.test",
                Conditions = [.. form.ConditionsOf(Read)],
                Keys = keys,
                CreatedAt = TurnstoneServer.Start,
            };

            Assert.Equal(form.World, rule.World);
            Assert.Empty(TrustCheck.FlawsOf(rule, "https://id.example.test", httpTaken: false));
            var snippet = TrustSnippet.Of(rule, "https://id.example.test/oauth2/token");
            Assert.Contains(
                "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer",
                snippet,
                StringComparison.Ordinal
            );
            Assert.Contains("ASSERTION", snippet, StringComparison.Ordinal);
        }
    }

    private static (string, string)[] Fields(ClientKey key) =>
        [
            ("Jwks", ClientKey.Set(key)),
            ("Field.Repository", "acme/batch"),
            (Branch, "main"),
            ("Audience", TrustedProgram.Audience),
        ];
}
