using Turnstone.Directory;
using Turnstone.Storage;

namespace Turnstone.Tests.Directory;

public sealed class StoreCacheTests : IDisposable
{
    private readonly StoreChanges changes = new();
    private readonly Steady time = new();
    private readonly StoreCache<string, string> remembered;
    private int loads;

    public StoreCacheTests() =>
        remembered = new StoreCache<string, string>(capacity: 3, TimeSpan.FromSeconds(5), changes, time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks_once_and_again_when_the_answer_is_old()
    {
        await GetAsync("a");
        time.Now = TimeSpan.FromSeconds(4.9);
        await GetAsync("a");
        Assert.Equal(1, loads);

        time.Now = TimeSpan.FromSeconds(5);
        await GetAsync("a");
        Assert.Equal(2, loads);
    }

    [Theory]
    [InlineData(ChangeKind.Directory, 2)]
    [InlineData(ChangeKind.Revocations, 1)]
    public async Task It_forgets_when_the_directory_changed(ChangeKind kind, int expected)
    {
        await GetAsync("a");
        changes.Tell(kind);
        await GetAsync("a");
        Assert.Equal(expected, loads);
    }

    [Fact]
    public async Task What_was_read_before_a_change_is_not_remembered_after_it()
    {
        var slow = new TaskCompletionSource<string?>();
        var reading = remembered.GetAsync("a", _ => slow.Task, Cancel);
        changes.Tell(ChangeKind.Directory);
        slow.SetResult("stale");
        Assert.Equal("stale", await reading);

        Assert.Equal("value of a", await GetAsync("a"));
    }

    [Fact]
    public async Task It_remembers_no_absence()
    {
        Assert.Null(await remembered.GetAsync("a", _ => Task.FromResult<string?>(null), Cancel));
        Assert.Equal(0, remembered.Count);
        Assert.Equal("value of a", await GetAsync("a"));
    }

    [Fact]
    public async Task It_never_holds_more_than_its_capacity()
    {
        for (var i = 0; i < 100; i++)
        {
            await GetAsync($"{i}");
            Assert.InRange(remembered.Count, 1, 3);
        }
    }

    [Fact]
    public async Task What_failed_to_load_is_loaded_again()
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            remembered.GetAsync("a", _ => throw new StoreUnavailableException(), Cancel).AsTask()
        );
        Assert.Equal("value of a", await GetAsync("a"));
    }

    public void Dispose() => remembered.Dispose();

    private ValueTask<string?> GetAsync(string key) =>
        remembered.GetAsync(
            key,
            _ =>
            {
                loads++;
                return Task.FromResult<string?>($"value of {key}");
            },
            Cancel
        );

    private sealed class Steady : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
