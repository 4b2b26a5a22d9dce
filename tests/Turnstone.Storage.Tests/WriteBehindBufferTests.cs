using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Tests;

public sealed class WriteBehindBufferTests
{
    private const int Crowd = -1;

    private readonly WriteBehindBuffer<int, int> counts = new((known, more) => known + more, _ => Crowd);

    /// <summary>
    /// Whoever asks in ten thousand names a second must not fill the memory, and is counted all the same.
    /// </summary>
    [Fact]
    public async Task What_finds_no_room_is_noted_together()
    {
        Count(10_050);
        Count(10_050);

        var written = await FlushAsync();

        Assert.Equal(10_001, written.Count);
        Assert.Equal(100, written[Crowd]);
        Assert.Equal(20_100, written.Values.Sum());
    }

    [Fact]
    public async Task What_could_not_be_written_is_kept_and_joined_and_nothing_is_written_twice()
    {
        Count(1000);
        Dictionary<int, int> written = [];
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            counts.FlushAsync(
                InOrder,
                some =>
                {
                    if (written.Count > 0)
                    {
                        throw new StoreUnavailableException("Away.");
                    }

                    written = new Dictionary<int, int>(some);
                    return Task.CompletedTask;
                }
            )
        );
        Count(1);

        var rest = await FlushAsync();

        Assert.Equal(1000 - written.Count + 1, rest.Count);
        Assert.Equal(1001, written.Values.Sum() + rest.Values.Sum());
        Assert.Empty(await FlushAsync());
    }

    /// <summary>However long nothing can be written.</summary>
    [Fact]
    public async Task What_is_kept_finds_no_more_room_than_what_is_new()
    {
        Count(10_000);
        for (var i = 1; i <= 3; i++)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() =>
                counts.FlushAsync(
                    InOrder,
                    _ =>
                    {
                        Count(10_000, from: i * 10_000);
                        throw new StoreUnavailableException("Away.");
                    }
                )
            );
        }

        var written = await FlushAsync();

        Assert.Equal(10_001, written.Count);
        Assert.Equal(40_000, written.Values.Sum());
    }

    [Fact]
    public async Task Whoever_reads_while_nothing_can_be_written_finds_what_waits()
    {
        Count(300);
        var blocked = new TaskCompletionSource();
        var flush = counts.FlushAsync(InOrder, _ => blocked.Task);
        Count(2);

        Assert.Equal(302, await ReadAsync(() => 0));

        blocked.SetException(new StoreUnavailableException("Away."));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => flush);
        Assert.Equal(302, await ReadAsync(() => 0));
    }

    [Fact]
    public async Task What_is_written_while_somebody_reads_is_counted_once()
    {
        Count(300);
        var (stored, reads) = (0, 0);
        var commit = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var flush = counts.FlushAsync(
            InOrder,
            async some =>
            {
                if (stored > 0)
                {
                    // The second transaction is not over before the test is.
                    await commit.Task;
                }

                stored += some.Sum(count => count.Value);
                begun.TrySetResult();
            }
        );
        await begun.Task;

        Assert.Equal(
            300,
            await ReadAsync(() =>
            {
                // The first reading finds what was committed, and its flush has not heard of that yet.
                reads++;
                var found = reads == 1 ? 300 : stored;
                commit.TrySetResult();
                return found;
            })
        );
        await flush;
        Assert.Equal(2, reads);
    }

    private async Task<int> ReadAsync(Func<int> read)
    {
        var (stored, waiting) = await counts.ReadAsync(() => Task.FromResult(read()));
        return stored + waiting.Sum(count => count.Value);
    }

    private static IEnumerable<KeyValuePair<int, int>> InOrder(IEnumerable<KeyValuePair<int, int>> all) =>
        all.OrderBy(count => count.Key);

    private void Count(int keys, int from = 0)
    {
        for (var i = from; i < from + keys; i++)
        {
            counts.Add(i, 1);
        }
    }

    private async Task<Dictionary<int, int>> FlushAsync()
    {
        Dictionary<int, int> written = [];
        await counts.FlushAsync(
            InOrder,
            some =>
            {
                Array.ForEach(some, count => written.Add(count.Key, count.Value));
                return Task.CompletedTask;
            }
        );
        return written;
    }
}
