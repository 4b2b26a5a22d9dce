using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>Products, and what the portal reads of subscriptions.</summary>
public abstract class ProductTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_product_is_found_with_its_description_and_scopes_by_name_and_by_id()
    {
        var product = new Product(
            NewId(),
            $"product-{NewId():n}",
            false,
            Time.Now,
            "Persons & companies\n„täglich“ <b>"
        );
        Assert.True(
            (await Store.Subscriptions.SaveProductAsync(product, Entry(AuditEvent.ProductCreated), Cancel)).IsCommitted
        );
        Assert.Equal(product, await Store.Subscriptions.FindProductAsync(product.Id, Cancel));

        var changed = product with { Description = "", Scopes = Scopes.Of(["persons.read", "persons.write"]) };
        Assert.True(
            (await Store.Subscriptions.SaveProductAsync(changed, Entry(AuditEvent.ProductChanged), Cancel)).IsCommitted
        );

        Assert.Equal(changed, await Store.Subscriptions.FindProductAsync(product.Name, Cancel));
        Assert.Contains(changed, await Store.Subscriptions.ListProductsAsync(Cancel));
        Assert.Null(await Store.Subscriptions.FindProductAsync(NewId(), Cancel));
    }

    [Fact]
    public async Task Of_two_products_of_one_name_the_second_is_not_written_and_leaves_no_entry()
    {
        var first = await GivenProductAsync();
        var second = await GivenProductAsync();
        var third = new Product(NewId(), first.Name, true, Time.Now);
        var administrator = NewId();

        Assert.False(
            (
                await Store.Subscriptions.SaveProductAsync(
                    third,
                    Entry(AuditEvent.ProductCreated, administrator),
                    Cancel
                )
            ).IsCommitted
        );
        Assert.False(
            (
                await Store.Subscriptions.SaveProductAsync(
                    second with
                    {
                        Name = first.Name,
                        Description = "new",
                    },
                    Entry(AuditEvent.ProductChanged, administrator),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Null(await Store.Subscriptions.FindProductAsync(third.Id, Cancel));
        Assert.Equal(second, await Store.Subscriptions.FindProductAsync(second.Id, Cancel));
        Assert.Equal(first, await Store.Subscriptions.FindProductAsync(first.Name, Cancel));
        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { AccountId = administrator }, Cancel));
    }

    [Fact]
    public async Task Sealed_keys_are_read_as_they_were_saved_each_on_its_own()
    {
        var subscription = await GivenSubscriptionAsync() with
        {
            PrimaryKeySealed = NewHash(),
            SecondaryKeySealed = NewHash(),
        };
        Assert.True(
            (
                await Store.Subscriptions.SaveAsync(subscription, Entry(AuditEvent.SubscriptionChanged), Cancel)
            ).IsCommitted
        );
        Assert.Equivalent(
            subscription with
            {
                Revision = 2,
            },
            await Store.Subscriptions.FindAsync(subscription.Id, Cancel),
            strict: true
        );

        var changed = subscription with { Revision = 2, SecondaryKeyHash = NewHash(), SecondaryKeySealed = NewHash() };
        Assert.True(
            (await Store.Subscriptions.SaveAsync(changed, Entry(AuditEvent.SubscriptionChanged), Cancel)).IsCommitted
        );
        Assert.Equivalent(
            changed with
            {
                Revision = 3,
            },
            await Store.Subscriptions.FindByKeyAsync([changed.SecondaryKeyHash], Cancel),
            strict: true
        );

        var given = changed with { Revision = 3, PrimaryKeyHash = NewHash(), PrimaryKeySealed = null };
        Assert.True(
            (await Store.Subscriptions.SaveAsync(given, Entry(AuditEvent.SubscriptionChanged), Cancel)).IsCommitted
        );
        Assert.Equivalent(
            given with
            {
                Revision = 4,
            },
            Assert.Single(await Store.Subscriptions.ListAsync(given.AccountId, Cancel)),
            strict: true
        );
    }

    [Fact]
    public async Task Subscriptions_of_every_account_are_listed_by_state_oldest_first()
    {
        List<Guid> waiting = [];
        foreach (
            var state in (SubscriptionState[])
                [
                    SubscriptionState.Submitted,
                    SubscriptionState.Active,
                    SubscriptionState.Submitted,
                    SubscriptionState.Submitted,
                ]
        )
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            var subscription = await GivenSubscriptionAsync() with { State = state };
            Assert.True(
                (
                    await Store.Subscriptions.SaveAsync(subscription, Entry(AuditEvent.SubscriptionChanged), Cancel)
                ).IsCommitted
            );
            if (state is SubscriptionState.Submitted)
            {
                waiting.Add(subscription.Id);
            }
        }

        Assert.Equal(
            waiting,
            (await Store.Subscriptions.ListAsync(SubscriptionState.Submitted, 10, Cancel)).Select(subscription =>
                subscription.Id
            )
        );
        Assert.Equal(
            waiting[0],
            Assert.Single(await Store.Subscriptions.ListAsync(SubscriptionState.Submitted, 1, Cancel)).Id
        );
        Assert.Empty(await Store.Subscriptions.ListAsync(SubscriptionState.Expired, 10, Cancel));
    }
}

public sealed class Product_on_SQLite(SqliteDatabase database) : ProductTests(database), IClassFixture<SqliteDatabase>;

public sealed class Product_on_PostgreSQL(PostgresDatabase database)
    : ProductTests(database),
        IClassFixture<PostgresDatabase>;
