using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

public abstract class SubscriptionStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_save_on_an_older_sight_of_a_subscription_does_not_undo_its_cancelling()
    {
        var subscription = await GivenSubscriptionAsync();
        Assert.True(
            (
                await Store.Subscriptions.SaveAsync(
                    subscription with
                    {
                        State = SubscriptionState.Cancelled,
                    },
                    Entry(AuditEvent.SubscriptionChanged),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.False(
            (
                await Store.Subscriptions.SaveAsync(
                    subscription with
                    {
                        PrimaryKeyHash = NewHash(),
                    },
                    Entry(AuditEvent.SubscriptionChanged),
                    Cancel
                )
            ).IsCommitted
        );
        Assert.Equal(
            SubscriptionState.Cancelled,
            (await Store.Subscriptions.FindAsync(subscription.Id, Cancel))!.State
        );
    }

    [Fact]
    public async Task What_waits_for_approval_is_given_out_once_however_many_ask_and_never_what_is_decided()
    {
        await GivenSubscriptionAsync();
        var waiting = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            var subscription = await GivenSubscriptionAsync();
            var submitted = subscription with { State = SubscriptionState.Submitted, Message = "not yet" };
            Assert.True((await Store.Subscriptions.SaveAsync(submitted, Entry(), Cancel)).IsCommitted);
            waiting.Add(submitted.Id);
        }

        var taken = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Store.Subscriptions.TakeUntoldAsync(Time.Now, 3, Cancel))
        );

        Assert.Equal(waiting.Order(), taken.SelectMany(some => some).Select(one => one.Id).Order());
        Assert.Equal("not yet", (await Store.Subscriptions.FindAsync(waiting[0], Cancel))!.Message);
        Assert.Empty(await Store.Subscriptions.TakeUntoldAsync(Time.Now, 3, Cancel));
    }

    [Fact]
    public async Task A_subscription_is_found_by_either_of_its_keys()
    {
        var subscription = await GivenSubscriptionAsync();

        Assert.Equivalent(
            subscription,
            await Store.Subscriptions.FindByKeyAsync([NewHash(), subscription.PrimaryKeyHash], Cancel),
            strict: true
        );
        Assert.Equivalent(
            subscription,
            await Store.Subscriptions.FindByKeyAsync([subscription.SecondaryKeyHash], Cancel),
            strict: true
        );
        Assert.Equivalent(subscription, await Store.Subscriptions.FindAsync(subscription.Id, Cancel), strict: true);
        Assert.Single(await Store.Subscriptions.ListAsync(subscription.AccountId, Cancel));
        var query = new SubscriptionQuery { AccountId = subscription.AccountId, ProductId = subscription.ProductId };
        Assert.Single(await Store.Subscriptions.SearchAsync(query, Cancel));
        Assert.Empty(await Store.Subscriptions.SearchAsync(query with { After = subscription.Id }, Cancel));
        Assert.Empty(await Store.Subscriptions.SearchAsync(query with { State = SubscriptionState.Expired }, Cancel));
        Assert.Null(await Store.Subscriptions.FindByKeyAsync([NewHash()], Cancel));
    }

    [Fact]
    public async Task A_changed_subscription_key_stops_working_and_the_other_goes_on()
    {
        var subscription = await GivenSubscriptionAsync();
        var changed = subscription with { PrimaryKeyHash = NewHash(), State = SubscriptionState.Suspended };
        Assert.True(
            (await Store.Subscriptions.SaveAsync(changed, Entry(AuditEvent.SubscriptionChanged), Cancel)).IsCommitted
        );

        Assert.Null(await Store.Subscriptions.FindByKeyAsync([subscription.PrimaryKeyHash], Cancel));

        // A key of a subscription that was read before would bring back the state it had then.
        var stale = subscription with
        {
            SecondaryKeyHash = NewHash(),
        };
        Assert.Equal(
            ReceiptKind.Conflict,
            (await Store.Subscriptions.SaveAsync(stale, Entry(AuditEvent.SubscriptionChanged), Cancel)).Kind
        );
        Assert.Equivalent(
            changed with
            {
                Revision = 2,
            },
            await Store.Subscriptions.FindByKeyAsync([subscription.SecondaryKeyHash], Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task No_key_opens_two_subscriptions_whichever_of_the_two_it_is()
    {
        var first = await GivenSubscriptionAsync();
        var second = await GivenSubscriptionAsync();

        Assert.False(
            (
                await Store.Subscriptions.SaveAsync(
                    second with
                    {
                        SecondaryKeyHash = first.PrimaryKeyHash,
                    },
                    Entry(),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Equivalent(
            second,
            await Store.Subscriptions.FindByKeyAsync([second.SecondaryKeyHash], Cancel),
            strict: true
        );
    }
}

public sealed class Subscription_store_on_SQLite(SqliteDatabase database)
    : SubscriptionStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Subscription_store_on_PostgreSQL(PostgresDatabase database)
    : SubscriptionStoreTests(database),
        IClassFixture<PostgresDatabase>;
