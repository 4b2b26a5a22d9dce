using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>Everything that opens sessions for somebody ends, and nothing of anybody else.</summary>
public abstract class EndingTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task An_account_ends_with_its_keys_subscriptions_applications_and_codes()
    {
        var subscription = await GivenSubscriptionAsync();
        var account = (await Store.Accounts.FindAsync(subscription.AccountId, Cancel))!;
        var key = await GivenApiKeyAsync(account.Id);
        var client = await GivenClientAsync(account.Id);
        var code = await GivenCodeAsync(account);
        Session[] ended =
        [
            await GivenSessionAsync(account.Id),
            await GivenSessionAsync(account.Id, apiKey: key.Id),
            await GivenSessionAsync(client: client.Id),
            await GivenSessionAsync((await GivenAccountAsync()).Id, client.Id),
        ];
        var step = new EndStep { Accounts = [account.Id] };

        var would = await Store.Endings.CountAsync(step, Cancel);
        Assert.All(ended, session => Assert.Null(FindAsync(session).Result.RevokedAt));
        var count = await Store.Endings.EndAsync(step, Caller, "test", Cancel);

        Assert.Equal(would, count);
        Assert.Equal((1, 1, 1, 1, 1), (count.Accounts, count.Clients, count.ApiKeys, count.Subscriptions, count.Codes));
        Assert.Equal(4, count.Sessions!.Value.Number);
        Assert.All(ended, session => Assert.NotNull(FindAsync(session).Result.RevokedAt));
        Assert.NotNull((await Store.ApiKeys.FindAsync(key.Id, Cancel))!.RevokedAt);
        Assert.False((await Store.Clients.FindAsync(client.Id, Cancel))!.Stands);
        Assert.Equal(
            SubscriptionState.Suspended,
            (await Store.Subscriptions.FindAsync(subscription.Id, Cancel))!.State
        );
        Assert.Null(await Store.Codes.FindAsync([code.Hash], Cancel));
        var after = (await Store.Accounts.FindAsync(account.Id, Cancel))!;
        Assert.NotEqual(account.SecurityStamp, after.SecurityStamp);
        Assert.False(
            (await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel)).IsCommitted
        );
        Assert.Equal(
            [
                nameof(AuditEvent.ApiKeyRevoked),
                nameof(AuditEvent.ClientChanged),
                nameof(AuditEvent.SessionsRevoked),
                nameof(AuditEvent.SubscriptionChanged),
            ],
            (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id, Limit = 4 }, Cancel))
                .Select(entry => entry.Event.Text)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_second_time_there_is_only_the_portal_to_sign_out_of()
    {
        var key = await GivenApiKeyAsync();
        var step = new EndStep { Accounts = [key.AccountId] };
        await Store.Endings.EndAsync(step, Caller, "test", Cancel);

        var again = await Store.Endings.EndAsync(step, Caller, "test", Cancel);

        Assert.Equal(new EndCount { Accounts = 1, Sessions = new(0) }, again);
    }

    [Fact]
    public async Task Nothing_of_another_account_ends()
    {
        var mine = await GivenApiKeyAsync();
        var other = await GivenSubscriptionAsync();
        var key = await GivenApiKeyAsync(other.AccountId);
        var session = await GivenSessionAsync(other.AccountId, apiKey: key.Id);

        await Store.Endings.EndAsync(new EndStep { Accounts = [mine.AccountId] }, Caller, "test", Cancel);

        Assert.Null((await FindAsync(session)).RevokedAt);
        Assert.Null((await Store.ApiKeys.FindAsync(key.Id, Cancel))!.RevokedAt);
        Assert.True((await Store.Subscriptions.FindAsync(other.Id, Cancel))!.IsActive);
    }

    [Fact]
    public async Task What_another_account_opened_with_a_subscription_ends_with_it()
    {
        var subscription = await GivenSubscriptionAsync();
        var session = NewSession((await GivenAccountAsync()).Id) with
        {
            Subscription = (subscription.Id, SubscriptionKeySlot.Primary),
        };
        await OpenAsync(session);
        Assert.Equal(
            [subscription.Id],
            await Store.Endings.SubscriptionsAsync(subscription.ProductId, Guid.Empty, 10, Cancel)
        );

        Assert.Equal((1, 0), (await LiveAsync(subscription.Id), await LiveAsync(Guid.Empty)));
        Assert.InRange(await Store.Endings.CountSessionsAsync(null, Cancel), 1, int.MaxValue);

        await Store.Endings.EndAsync(new EndStep { Subscriptions = [subscription.Id] }, Caller, "test", Cancel);

        Assert.Equal(0, await LiveAsync(subscription.Id));
        Assert.Equal(RevocationReason.CredentialRevoked, (await FindAsync(session)).RevokedFor);
        Assert.Empty(await Store.Endings.SubscriptionsAsync(subscription.ProductId, Guid.Empty, 10, Cancel));
    }

    [Fact]
    public async Task Of_many_sessions_those_are_found_that_are_asked_for_as_marks_have_left_them()
    {
        var (account, other) = ((await GivenAccountAsync()).Id, (await GivenAccountAsync()).Id);
        var (ended, live, gone) = (NewSession(account), NewSession(other), NewSession(other));
        await OpenAsync(ended);
        await OpenAsync(live);
        var step = new EndStep { Accounts = [account], KeepsCredentials = true };
        await Store.Endings.EndAsync(step, Caller, "test", Cancel);

        var found = await Store.Sessions.FindAllAsync([ended.Id, live.Id, gone.Id], Cancel);

        Assert.Equal(2, found.Count);
        Assert.NotNull(found.Single(session => session.Id == ended.Id).RevokedAt);
        Assert.Null(found.Single(session => session.Id == live.Id).RevokedAt);
        Assert.Empty(await Store.Sessions.FindAllAsync([], Cancel));
    }

    private Task<int> LiveAsync(Guid subscription) =>
        Store.Endings.CountSessionsAsync(new HashSet<Guid> { subscription }, Cancel);

    private async Task<Session> FindAsync(Session session) => (await Store.Sessions.FindAsync(session.Id, Cancel))!;
}

public sealed class Ending_on_SQLite(SqliteDatabase database) : EndingTests(database), IClassFixture<SqliteDatabase>;

public sealed class Ending_on_PostgreSQL(PostgresDatabase database)
    : EndingTests(database),
        IClassFixture<PostgresDatabase>;
