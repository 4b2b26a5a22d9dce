using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

public sealed class SigningKeyRingTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_has_a_key_of_each_algorithm_that_signs_at_once()
    {
        var store = new InMemorySigningKeyStore();
        var ring = FirstKeys.Ring(store, time);

        await ring.TendAsync(Cancel);

        Assert.Equal(2, ring.Published.Count);
        Assert.Equal(SigningAlgorithm.ES256, ring.Signing(SigningAlgorithm.ES256).Algorithm);
        Assert.Equal(SigningAlgorithm.RS256, ring.Signing(SigningAlgorithm.RS256).Algorithm);
        var entry = Assert.Single(store.Audit);
        Assert.Equal(AuditEvent.SigningKeyCreated, entry.Event);
        Assert.All(ring.Published, key => Assert.Contains(key.Kid, entry.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tending_again_changes_nothing()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var before = store.Records;

        await ring.TendAsync(Cancel);

        Assert.Equal(before, store.Records);
        Assert.Empty(store.Audit);
    }

    [Fact]
    public async Task Two_nodes_that_tend_at_once_make_one_key_of_each_algorithm()
    {
        var store = new InMemorySigningKeyStore();
        SigningKeyRing first = FirstKeys.Ring(store, time),
            second = FirstKeys.Ring(store, time);
        store.BeforeWrite = () => second.TendAsync(Cancel);

        await first.TendAsync(Cancel);

        Assert.Equal(2, store.Records.Count);
        Assert.Equal(second.Signing(SigningAlgorithm.ES256).Kid, first.Signing(SigningAlgorithm.ES256).Kid);
        Assert.Equal(second.Signing(SigningAlgorithm.RS256).Kid, first.Signing(SigningAlgorithm.RS256).Kid);
        Assert.Single(store.Audit);
    }

    [Fact]
    public async Task After_the_clock_was_set_back_the_published_key_goes_on_signing_and_tending_makes_no_other()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var before = store.Records;
        var signing = ring.Signing(SigningAlgorithm.ES256).Kid;
        time.AdjustTime(time.Now - TimeSpan.FromHours(3));

        await ring.TendAsync(Cancel);

        Assert.Equal(before, store.Records);
        Assert.Equal(signing, ring.Signing(SigningAlgorithm.ES256).Kid);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_the_clock_was_set_back_the_key_that_is_taken_out_has_a_successor_at_once(bool oneWaits)
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var leaked = ring.Signing(SigningAlgorithm.ES256).Kid;
        var waiting = oneWaits ? (await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel)).Kid : null;
        time.AdjustTime(time.Now - TimeSpan.FromHours(3));

        Assert.True(await ring.RetireAsync(leaked, Caller.Operator, Cancel));

        var signing = ring.Signing(SigningAlgorithm.ES256);
        Assert.NotEqual(leaked, signing.Kid);
        Assert.Equal(waiting ?? signing.Kid, signing.Kid);
        Assert.True(signing.SignsFrom <= time.Now);
        Assert.Null(ring.Find(leaked));
        Assert.Equal(3, store.Records.Count);
    }

    [Fact]
    public async Task A_rotation_publishes_a_successor_that_signs_when_every_verifier_can_know_it()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var old = ring.Signing(SigningAlgorithm.ES256).Kid;

        var successor = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);

        Assert.Contains(successor.Kid, ring.Published.Select(key => key.Kid));
        Assert.Equal(Caller.Operator, Assert.Single(store.Audit).Caller);
        time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(old, ring.Signing(SigningAlgorithm.ES256).Kid);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(successor.Kid, ring.Signing(SigningAlgorithm.ES256).Kid);
        Assert.NotNull(ring.Find(old));
    }

    [Fact]
    public async Task A_rotation_asked_for_again_answers_the_successor_that_waits()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);

        var successor = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);

        Assert.Equal(successor.Kid, (await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel)).Kid);
        Assert.Equal(3, store.Records.Count);
    }

    [Fact]
    public async Task A_retired_key_is_refused_at_once_and_a_new_one_signs_at_once()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var leaked = ring.Signing(SigningAlgorithm.ES256).Kid;

        Assert.True(await ring.RetireAsync(leaked, Caller.Operator, Cancel));

        Assert.Null(ring.Find(leaked));
        Assert.DoesNotContain(leaked, ring.Published.Select(key => key.Kid));
        Assert.Contains(leaked, ring.All.Select(key => key.Kid));
        Assert.NotEqual(leaked, ring.Signing(SigningAlgorithm.ES256).Kid);
        Assert.Equal(
            [AuditEvent.SigningKeyCreated, AuditEvent.SigningKeyRetired],
            store.Audit.Select(entry => entry.Event)
        );
    }

    [Fact]
    public async Task When_a_successor_waits_it_signs_at_once_in_place_of_the_retired_key()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var successor = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);

        await ring.RetireAsync(ring.Signing(SigningAlgorithm.ES256).Kid, Caller.Operator, Cancel);

        Assert.Equal(successor.Kid, ring.Signing(SigningAlgorithm.ES256).Kid);
        Assert.Equal(3, store.Records.Count);
    }

    [Fact]
    public async Task A_retired_key_that_did_not_sign_needs_no_successor()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var signing = ring.Signing(SigningAlgorithm.ES256).Kid;
        var waiting = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);

        await ring.RetireAsync(waiting.Kid, Caller.Operator, Cancel);

        Assert.Equal(signing, ring.Signing(SigningAlgorithm.ES256).Kid);
        Assert.Equal(3, store.Records.Count);
    }

    [Fact]
    public async Task Retiring_twice_is_the_same_and_an_unknown_name_is_told()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var leaked = ring.Signing(SigningAlgorithm.ES256).Kid;
        await ring.RetireAsync(leaked, Caller.Operator, Cancel);
        var after = store.Records;

        Assert.True(await ring.RetireAsync(leaked, Caller.Operator, Cancel));
        Assert.False(await ring.RetireAsync("unknown", Caller.Operator, Cancel));
        Assert.Equal(after, store.Records);
    }

    [Fact]
    public async Task Two_operators_who_retire_the_same_key_at_once_leave_one_successor()
    {
        var (first, store) = await FirstKeys.StartAsync(time);
        var second = FirstKeys.Ring(store, time);
        var leaked = first.Signing(SigningAlgorithm.ES256).Kid;
        store.BeforeWrite = () => second.RetireAsync(leaked, Caller.Operator, Cancel);

        Assert.True(await first.RetireAsync(leaked, Caller.Operator, Cancel));

        Assert.Equal(3, store.Records.Count);
        Assert.Equal(second.Signing(SigningAlgorithm.ES256).Kid, first.Signing(SigningAlgorithm.ES256).Kid);
    }

    [Fact]
    public async Task Another_node_refuses_a_retired_key_once_it_has_read_the_store()
    {
        var (first, store) = await FirstKeys.StartAsync(time);
        var second = FirstKeys.Ring(store, time);
        await second.LoadAsync(Cancel);
        var leaked = first.Signing(SigningAlgorithm.ES256).Kid;

        await first.RetireAsync(leaked, Caller.Operator, Cancel);
        Assert.NotNull(second.Find(leaked));
        await second.LoadAsync(Cancel);

        Assert.Null(second.Find(leaked));
        Assert.Equal(first.Signing(SigningAlgorithm.ES256).Kid, second.Signing(SigningAlgorithm.ES256).Kid);
    }

    [Fact]
    public async Task A_read_that_was_overtaken_does_not_bring_a_retired_key_back()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);
        var leaked = ring.Signing(SigningAlgorithm.ES256).Kid;
        store.AfterRead = async () => Assert.True(await ring.RetireAsync(leaked, Caller.Operator, Cancel));

        await ring.LoadAsync(Cancel);

        Assert.Null(ring.Find(leaked));
        Assert.DoesNotContain(leaked, ring.Published.Select(key => key.Kid));
        Assert.NotEqual(leaked, ring.Signing(SigningAlgorithm.ES256).Kid);
    }

    [Fact]
    public async Task An_unknown_name_asks_for_one_reload_in_a_few_seconds()
    {
        var (ring, _) = await FirstKeys.StartAsync(time);
        var asked = 0;
        ring.Stale += (_, _) => asked++;

        for (var i = 0; i < 100; i++)
        {
            Assert.Null(ring.Find($"unknown-{i}"));
        }

        Assert.Equal(1, asked);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(ring.Find("unknown"));
        Assert.Equal(2, asked);
    }

    [Fact]
    public void Before_it_was_loaded_it_says_so()
    {
        var ring = FirstKeys.Ring(new InMemorySigningKeyStore(), time);

        Assert.Throws<StoreUnavailableException>(() => ring.Find("x"));
        Assert.Throws<StoreUnavailableException>(() => ring.Published);
        Assert.Throws<StoreUnavailableException>(() => ring.Signing(SigningAlgorithm.ES256));
    }
}
