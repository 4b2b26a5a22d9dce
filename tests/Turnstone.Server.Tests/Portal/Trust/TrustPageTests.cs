using System.Net;
using Turnstone.Directory.Trust;
using Turnstone.Server.Portal.Trust;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Trust;

/// <summary>Who may be an application without a secret is its owner's to say, and to see what came of it.</summary>
public sealed class TrustPageTests
{
    private const StringComparison Plain = StringComparison.Ordinal;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workflow_is_trusted_seen_and_no_longer_trusted()
    {
        await using var server = await PortalServer.StartAsync();
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var page = $"/portal/applications/{client}/trust";
        using var visitor = await Visitor.SignedInAsync(server);
        Assert.Contains(page, await visitor.PageAsync($"/portal/applications/{client}"), StringComparison.Ordinal);

        using var key = ClientKey.Ec();
        (string, string)[] fields =
        [
            ("Jwks", ClientKey.Set(key)),
            ("Field.Repository", "acme/batch"),
            ("Field.Branch", "main"),
            ("Audience", TrustedProgram.Audience),
        ];
        var form = $"{page}?world=github";
        using var unpinned = await visitor.SendAsync(
            form,
            $"{page}?handler=Add&world=github",
            [fields[0], fields[1], fields[3]]
        );
        var refused = WebUtility.HtmlDecode(await unpinned.TextAsync());
        Assert.Contains("one of these has to be given in full: ref | environment", refused, StringComparison.Ordinal);
        Assert.Contains("acme/batch", refused, StringComparison.Ordinal);

        using var added = await visitor.SendAsync(form, $"{page}?handler=Add&world=github", fields);
        Assert.Equal(page, added.Headers.Location?.OriginalString);
        var rule = Assert.Single(await server.Of<ITrustStore>().ListAsync(client, Cancel));
        Assert.Equal("repository=acme/batch ref=refs/heads/main", string.Join(' ', rule.Conditions));

        var store = server.Of<ITrustStore>();
        store.NoteUse(rule.Id, server.Time.GetUtcNow(), "repo:acme/batch:ref:refs/heads/main");
        store.NoteRefusal(rule.Id, server.Time.GetUtcNow(), "claim ref=refs/heads/<dev>");
        var shown = WebUtility.HtmlDecode(await visitor.PageAsync(page));
        Assert.Contains("repo:acme/batch:ref:refs/heads/main", shown, StringComparison.Ordinal);
        Assert.Contains("ref was “refs/heads/<dev>” and has to be “refs/heads/main”.", shown, Plain);
        Assert.Contains("id-token: write", shown, StringComparison.Ordinal);
        Assert.Contains($"-d client_id={client}", shown, StringComparison.Ordinal);

        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var foreign = await other.GetAsync(page);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);

        using var removed = await visitor.SendAsync(page, $"{page}?handler=Remove", ("id", rule.Id.ToString()));
        Assert.Equal(page, removed.Headers.Location?.OriginalString);
        Assert.Empty(await store.ListAsync(client, Cancel));
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
                Id = Guid.NewGuid(),
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
}
