using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tests.Directory;

public sealed class SubscriptionsTests : CredentialTest
{
    private readonly StoreSpy<ISubscriptionStore> store;
    private readonly StoreSpy<IAuditLog> audit;
    private readonly StoreChanges changes = new();
    private readonly SubscriptionGate gate;

    public SubscriptionsTests()
    {
        store = new(Store.Subscriptions);
        audit = new(Store.Audit);
        gate = new SubscriptionGate(store.Store, Keys, changes, Time);
    }

    private Subscriptions Subscriptions => new(store.Store, audit.Store, Keys, Random, Time);

    [Fact]
    public async Task Its_owner_sees_the_keys_again_and_nobody_else_and_it_is_recorded()
    {
        var minted = await GivenAsync();
        var (owner, id) = (minted.Subscription.AccountId, minted.Subscription.Id);

        Assert.Null(await Subscriptions.RevealAsync(minted.Subscription.ProductId, id, Caller.Operator, Cancel));
        Assert.Empty(audit.Audit);

        var shown = await Subscriptions.RevealAsync(owner, id, Caller.Operator, Cancel);
        Assert.Equal((minted.PrimaryKey, minted.SecondaryKey), (shown!.PrimaryKey, shown.SecondaryKey));
        Assert.Equal(AuditEvent.SubscriptionKeyShown, Assert.Single(audit.Audit).Event);
    }

    [Fact]
    public async Task A_changed_key_is_the_one_that_is_shown()
    {
        var minted = await GivenAsync();
        var (owner, id) = (minted.Subscription.AccountId, minted.Subscription.Id);
        var changed = await Subscriptions.ChangeKeyAsync(
            owner,
            id,
            SubscriptionKeySlot.Secondary,
            Caller.Operator,
            Cancel
        );

        var shown = await Subscriptions.RevealAsync(owner, id, Caller.Operator, Cancel);

        Assert.Equal((minted.PrimaryKey, changed!.SecondaryKey), (shown!.PrimaryKey, shown.SecondaryKey));
    }

    [Fact]
    public async Task A_sealed_key_does_not_open_in_the_other_slot()
    {
        var minted = await GivenAsync();
        var stored = (await Store.Subscriptions.FindAsync(minted.Subscription.Id, Cancel))!;
        var moved = stored with { PrimaryKeySealed = stored.SecondaryKeySealed };
        Assert.True((await Store.Subscriptions.SaveAsync(moved, Entry, Cancel)).IsCommitted);

        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() =>
            Subscriptions.RevealAsync(moved.AccountId, moved.Id, Caller.Operator, Cancel)
        );
    }

    [Fact]
    public async Task Both_keys_admit_and_nothing_of_them_is_stored_or_written()
    {
        var minted = await GivenAsync();

        foreach (var key in new[] { minted.PrimaryKey!, minted.SecondaryKey! })
        {
            Assert.Equal(32, key.Length);
            Assert.True((await gate.AdmitAsync(key, Cancel)).Granted(out var subscription, out _));
            Assert.Equal(minted.Subscription.Id, subscription.Id);
            Assert.DoesNotContain(key, $"{subscription} {minted} {store.Audit[0]}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_reason_to_refuse_gives_the_same_refusal()
    {
        var submitted = await GivenAsync(approval: true);
        string?[] wrong = [null, "", "short", new string('x', 32), new string('x', 33), submitted.PrimaryKey];
        foreach (var key in wrong)
        {
            Assert.Equal(RefusalCode.InvalidSubscription, (await gate.AdmitAsync(key, Cancel)).Refusal?.Code);
        }

        Assert.Single(
            (await Task.WhenAll(wrong.Select(key => gate.AdmitAsync(key, Cancel).AsTask())))
                .Select(outcome => outcome.Refusal)
                .Distinct()
        );
    }

    [Theory]
    [InlineData(SubscriptionState.Submitted)]
    [InlineData(SubscriptionState.Suspended)]
    [InlineData(SubscriptionState.Cancelled)]
    [InlineData(SubscriptionState.Expired)]
    public async Task Only_an_active_one_admits(SubscriptionState state)
    {
        var minted = await GivenAsync();
        await Subscriptions.SetStateAsync(minted.Subscription.Id, state, Caller, Cancel);

        Assert.NotNull((await gate.AdmitAsync(minted.PrimaryKey, Cancel)).Refusal);
    }

    [Fact]
    public async Task A_product_that_asks_for_approval_is_closed_until_it_is_given()
    {
        var minted = await GivenAsync(approval: true);
        Assert.NotNull((await gate.AdmitAsync(minted.PrimaryKey, Cancel)).Refusal);

        await Subscriptions.SetStateAsync(minted.Subscription.Id, SubscriptionState.Active, Caller, Cancel);
        changes.Tell(ChangeKind.Directory);
        Assert.Null((await gate.AdmitAsync(minted.PrimaryKey, Cancel)).Refusal);
    }

    [Fact]
    public async Task Changing_one_key_leaves_the_other_working()
    {
        var minted = await GivenAsync();

        var changed = await Subscriptions.ChangeKeyAsync(
            Ada,
            minted.Subscription.Id,
            SubscriptionKeySlot.Primary,
            Caller,
            Cancel
        );

        Assert.Null(changed?.SecondaryKey);
        Assert.Null((await gate.AdmitAsync(changed?.PrimaryKey, Cancel)).Refusal);
        Assert.Null((await gate.AdmitAsync(minted.SecondaryKey, Cancel)).Refusal);
        Assert.NotNull((await gate.AdmitAsync(minted.PrimaryKey, Cancel)).Refusal);
    }

    [Fact]
    public async Task A_cancelled_one_stays_cancelled()
    {
        var minted = await GivenAsync();
        Assert.NotNull(await Subscriptions.CancelAsync(Ada, minted.Subscription.Id, Caller, Cancel));

        Assert.Null(
            await Subscriptions.SetStateAsync(minted.Subscription.Id, SubscriptionState.Active, Caller, Cancel)
        );
        Assert.Null(
            await Subscriptions.ChangeKeyAsync(Ada, minted.Subscription.Id, SubscriptionKeySlot.Primary, Caller, Cancel)
        );
    }

    [Fact]
    public async Task Another_accounts_subscription_is_not_there()
    {
        var minted = await GivenAsync();

        Assert.Null(await Subscriptions.CancelAsync(Bob, minted.Subscription.Id, Caller, Cancel));
        Assert.Null(
            await Subscriptions.ChangeKeyAsync(Bob, minted.Subscription.Id, SubscriptionKeySlot.Primary, Caller, Cancel)
        );
        Assert.Null((await gate.AdmitAsync(minted.PrimaryKey, Cancel)).Refusal);
    }

    [Fact]
    public async Task Imported_keys_admit_and_are_taken_once()
    {
        var (one, two) = (new string('1', 32), new string('2', 32));
        var product = await ProductAsync(approval: false);

        Assert.NotNull(
            await Subscriptions.ImportAsync(Ada, product.Id, SubscriptionState.Active, one, two, Caller, Cancel)
        );

        Assert.Null((await gate.AdmitAsync(two, Cancel)).Refusal);
        Assert.Null(
            await Subscriptions.ImportAsync(
                Bob,
                product.Id,
                SubscriptionState.Active,
                new string('3', 32),
                one,
                Caller,
                Cancel
            )
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Subscriptions.ImportAsync(Ada, product.Id, SubscriptionState.Active, "short", two, Caller, Cancel)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Subscriptions.ImportAsync(Ada, product.Id, SubscriptionState.Active, two, two, Caller, Cancel)
        );
    }

    [Fact]
    public async Task The_store_is_asked_once_for_a_key_and_each_time_for_an_unknown_one()
    {
        var minted = await GivenAsync();
        var before = store.Lookups;
        for (var i = 0; i < 10; i++)
        {
            await gate.AdmitAsync(minted.PrimaryKey, Cancel);
            await gate.AdmitAsync(new string('x', 32), Cancel);
        }

        Assert.Equal(before + 11, store.Lookups);
    }

    [Fact]
    public async Task An_unknown_product_gives_nothing() =>
        Assert.Null(await Subscriptions.SubscribeAsync(Ada, "none", Caller, Cancel));

    [Fact]
    public async Task It_is_found_and_listed_by_its_owner_alone()
    {
        var minted = await GivenAsync();

        Assert.Null(await Subscriptions.FindAsync(Bob, minted.Subscription.Id, Cancel));
        Assert.Empty(await Subscriptions.ListAsync(Bob, Cancel));
        Assert.Equal(minted.Subscription.Id, (await Subscriptions.FindAsync(Ada, minted.Subscription.Id, Cancel))!.Id);
    }

    [Fact]
    public async Task Only_what_is_not_cancelled_takes_room()
    {
        var first = await GivenAsync();
        for (var i = 1; i < Turnstone.Directory.Subscriptions.MostLive; i++)
        {
            Assert.True(await Subscriptions.HasRoomAsync(Ada, Cancel));
            await Subscriptions.SubscribeAsync(Ada, "starter", Caller, Cancel);
        }

        Assert.False(await Subscriptions.HasRoomAsync(Ada, Cancel));
        await Subscriptions.CancelAsync(Ada, first.Subscription.Id, Caller, Cancel);
        Assert.True(await Subscriptions.HasRoomAsync(Ada, Cancel));
    }

    public override async ValueTask DisposeAsync()
    {
        gate.Dispose();
        await base.DisposeAsync();
    }

    private async Task<Product> ProductAsync(bool approval)
    {
        var product = new Product(Random.NewId(Time.Now), "starter", approval, Time.Now);
        Assert.True((await Store.Subscriptions.SaveProductAsync(product, Entry, Cancel)).IsCommitted);
        return product;
    }

    private async Task<MintedSubscription> GivenAsync(bool approval = false)
    {
        await ProductAsync(approval);
        return (await Subscriptions.SubscribeAsync(Ada, "starter", Caller, Cancel))!;
    }
}
