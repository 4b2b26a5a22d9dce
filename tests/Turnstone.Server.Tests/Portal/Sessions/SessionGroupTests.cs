using System.Net;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal.Sessions;

/// <summary>Sessions stand together by key and application, and all of one can be ended.</summary>
public sealed class SessionGroupTests : IAsyncLifetime
{
    private const string Page = "/portal/sessions";

    private TurnstoneServer server = null!;
    private Visitor visitor = null!;
    private ApiKey key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = await Visitor.SignedInAsync(server);
        key = (await server.Of<IApiKeyStore>().ListAsync(await server.IdAsync(), Cancel))[0];
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task All_of_a_key_end_and_everything_else_stays()
    {
        Session[] ofKey =
        [
            await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3"),
            await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3"),
        ];
        var direct = await server.GivenSessionAsync();
        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));
        Assert.Contains("<h2>API key “ci”</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Logins without key or application</h2>", page, StringComparison.Ordinal);

        using var answer = await EndAsync($"key:{key.Id}");

        Assert.Equal(Page, answer.Headers.Location?.OriginalString);
        Assert.Contains("2 sessions have ended.", await visitor.PageAsync(Page), StringComparison.Ordinal);
        Assert.All(ofKey, session => Assert.True(server.Refuses(session)));
        Assert.True(await server.LivesAsync(direct));
        Assert.Null((await server.Of<IApiKeyStore>().FindAsync(key.Id, Cancel))!.RevokedAt);
        var query = new AuditQuery
        {
            AccountId = await server.IdAsync(),
            ApiKeyId = key.Id,
            Event = AuditEvent.SessionsRevoked,
        };
        Assert.Single(await server.Of<IAuditLog>().ReadAsync(query, Cancel));
    }

    [Fact]
    public async Task All_without_key_and_application_end_and_those_of_keys_stay()
    {
        var ofKey = await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3");
        Session[] direct = [await server.GivenSessionAsync(), await server.GivenSessionAsync()];

        using var answer = await EndAsync("direct");

        Assert.Contains("2 sessions have ended.", await visitor.PageAsync(Page), StringComparison.Ordinal);
        Assert.All(direct, session => Assert.True(server.Refuses(session)));
        Assert.True(await server.LivesAsync(ofKey));
    }

    [Fact]
    public async Task All_of_somebody_elses_application_end_and_its_access_stays()
    {
        var depot = await server.GivenApplicationAsync("Depot", Known.OtherEmail);
        await server.GivenConsentAsync(depot.Client.Id, Known.Email, "openid");
        var mine = await server.GivenSessionAsync(client: depot.Client.Id, contract: "oauth2");
        var second = await server.GivenSessionAsync(client: depot.Client.Id, contract: "oauth2");
        var theirs = await server.GivenSessionAsync(Known.OtherEmail, depot.Client.Id, contract: "oauth2");
        Assert.Contains(
            "<h2>Application “Depot”</h2>",
            WebUtility.HtmlDecode(await visitor.PageAsync(Page)),
            StringComparison.Ordinal
        );

        using var answer = await EndAsync($"consent:{depot.Client.Id}");

        Assert.False(await server.LivesAsync(mine));
        Assert.False(await server.LivesAsync(second));
        Assert.True(await server.LivesAsync(theirs));
        Assert.NotNull(
            await server.Of<IConsentStore>().FindAsync(await server.IdAsync(), depot.Client.Id, "oauth2", Cancel)
        );
    }

    [Fact]
    public async Task The_list_can_be_narrowed_to_a_key()
    {
        await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3");
        await server.GivenSessionAsync();

        var page = WebUtility.HtmlDecode(await visitor.PageAsync($"{Page}?of=key:{key.Id}"));

        Assert.Contains("<h2>API key “ci”</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Logins without key", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_of_somebody_else_is_none()
    {
        var theirs = await server
            .Of<Turnstone.Directory.ApiKeys>()
            .CreateAsync(await server.IdAsync(Known.OtherEmail), "theirs", Scopes.None, null, Caller.Operator, Cancel);
        var held = await server.GivenSessionAsync(Known.OtherEmail, apiKey: theirs.Key.Id, contract: "session-v3");
        foreach (
            var group in new[] { $"key:{theirs.Key.Id}", "key:", "key:x", "", "nobody", "consent:", "consent:\u0001" }
        )
        {
            using var answer = await EndAsync(group);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var list = await visitor.GetAsync($"{Page}?of=key:{theirs.Key.Id}");
        Assert.Equal(HttpStatusCode.NotFound, list.StatusCode);
        Assert.True(await server.LivesAsync(held));
    }

    /// <summary>Each mark stays in the memory of every node.</summary>
    [Fact]
    public async Task Where_there_is_nothing_to_end_no_mark_is_made()
    {
        using var answer = await EndAsync("consent:what anybody may type");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(0, server.Of<ISessionStore>().Marks.Count);
    }

    private Task<HttpResponseMessage> EndAsync(string group) =>
        visitor.SendAsync(Page, $"{Page}?handler=Group", ("group", group));
}
