using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

/// <summary>Keys that are sent straight: proven in memory, and over at once on every node.</summary>
public sealed class DirectKeyTests
{
    private static readonly Scopes Read = Scopes.Of(["individuals.read"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_seen_is_proven_without_the_store()
    {
        var store = new CountedApiKeys();
        await using var server = await PortalServer.StartAsync(services: store.Around);
        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
        var asked = store.Asked;
        for (var again = 0; again < 20; again++)
        {
            Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
        }

        Assert.Equal(asked, store.Asked);
    }

    [Fact]
    public async Task A_key_ends_on_every_node_with_the_marks_that_the_node_hears_of()
    {
        await using var first = await GuardCalls.StartAsync();
        await using var second = await GuardCalls.StartAsync(first);
        var account = await first.IdAsync();
        var keys = first.Of<ApiKeys>();
        var key = await keys.CreateAsync(account, "direct", Read, null, Caller.Operator, Cancel);
        var narrowed = await keys.CreateAsync(account, "narrowed", Read, null, Caller.Operator, Cancel);
        foreach (var node in (TurnstoneServer[])[first, second])
        {
            Assert.Equal(200, await node.StatusAsync("?scope=individuals.read", ("X-API-Key", key.Text)));
            Assert.Equal(200, await node.StatusAsync("?scope=individuals.read", ("X-API-Key", narrowed.Text)));
        }

        await keys.RevokeAsync(account, key.Key.Id, Caller.Operator, Cancel);
        await keys.ChangeScopesAsync(account, narrowed.Key.Id, Scopes.None, mayWiden: false, Caller.Operator, Cancel);
        Assert.Equal(401, await first.StatusAsync("", ("X-API-Key", key.Text)));
        Assert.Equal(403, await first.StatusAsync("?scope=individuals.read", ("X-API-Key", narrowed.Text)));

        // What every node does within a second, and at once where it is told.
        await second.Of<RevokedSessions>().RefreshAsync(Cancel);
        Assert.Equal(401, await second.StatusAsync("", ("X-API-Key", key.Text)));
        Assert.Equal(403, await second.StatusAsync("?scope=individuals.read", ("X-API-Key", narrowed.Text)));
    }

    [Fact]
    public async Task A_key_ends_with_its_account_its_subscription_and_its_time()
    {
        await using var server = await GuardCalls.StartAsync();
        var account = await server.IdAsync();
        var keys = server.Of<ApiKeys>();
        var soon = TimeSpan.FromSeconds(9);
        var shortLived = await keys.CreateAsync(account, "short", Read, soon, Caller.Operator, Cancel);
        var subscription = ("Subscription-Key", Known.SubscriptionKey);
        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", shortLived.Text)));
        Assert.Equal(200, await server.StatusAsync("", subscription));

        server.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", shortLived.Text)));

        var subscriptions = server.Of<Subscriptions>();
        var found = (await subscriptions.FindByKeyAsync(Known.SubscriptionKey, Cancel))!;
        await subscriptions.SetStateAsync(found.Id, SubscriptionState.Suspended, Caller.Operator, Cancel);
        Assert.Equal(401, await server.StatusAsync("", subscription));
        await subscriptions.SetStateAsync(found.Id, SubscriptionState.Active, Caller.Operator, Cancel);
        Assert.Equal(200, await server.StatusAsync("", subscription));

        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
        await DisableAsync(server);
        Assert.Equal(401, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
        Assert.Equal(401, await server.StatusAsync("", subscription));
    }

    [Fact]
    public async Task While_the_store_is_away_a_key_that_is_not_known_is_503_and_a_known_one_goes_on()
    {
        var store = new CountedApiKeys();
        await using var server = await PortalServer.StartAsync(services: store.Around);
        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
        store.Away = true;
        using var unknown = await server.GuardAsync("", ("X-API-Key", "another"));
        Assert.Equal(503, (int)unknown.StatusCode);
        Assert.NotNull(unknown.Headers.RetryAfter);
        Assert.Equal(200, await server.StatusAsync("", ("X-API-Key", Known.ApiKey)));
    }

    private static async Task DisableAsync(TurnstoneServer server)
    {
        var accounts = server.Of<IAccountStore>();
        var account = (await Known.AccountAsync(server.Services))!;
        account.DisabledAt = server.Time.Now;
        var entry = new AuditEntry
        {
            Event = AuditEvent.AccountChanged,
            At = server.Time.Now,
            Caller = Caller.Operator,
        };
        Assert.True((await accounts.SaveAsync(account, "new stamp", entry, Cancel)).IsCommitted);
    }
}
