using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>
/// A node whose clock is in doubt makes no key and drops none because of its time; put right it does both.
/// </summary>
public sealed class KeysInDoubtTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_successor_is_made_and_no_key_dropped_until_the_clock_is_right()
    {
        var store = new InMemorySigningKeyStore(await FirstKeys.RecordsAsync());
        var clock = new Doubt { IsRight = false };
        var ring = new SigningKeyRing(
            store,
            new MasterKeyRing(FirstKeys.Master),
            new KeyCalendar(),
            time,
            RandomSource.System,
            clock
        );
        var first = store.Records.Select(key => key.Kid).Order().ToList();
        time.Advance(TimeSpan.FromDays(95));
        await ring.TendAsync(Cancel);
        Assert.Equal(first, store.Records.Select(key => key.Kid).Order());
        Assert.Empty(store.Audit);

        clock.IsRight = true;
        await ring.TendAsync(Cancel);
        Assert.Equal(4, store.Records.Count);

        // The tokens of the first ones are dead.
        clock.IsRight = false;
        time.Advance(TimeSpan.FromDays(400));
        await ring.TendAsync(Cancel);
        Assert.Equal(4, store.Records.Count);

        clock.IsRight = true;
        await ring.TendAsync(Cancel);
        Assert.DoesNotContain(store.Records, key => first.Contains(key.Kid));
    }

    private sealed class Doubt : IStoreClock
    {
        public bool IsRight { get; set; }

        public Task<bool> IsRightAsync(CancellationToken cancellationToken) => Task.FromResult(IsRight);
    }
}
