using System.Runtime.InteropServices;

namespace Turnstone.Storage.Engines;

/// <summary>
/// What is noted in memory, so that nobody waits for it, and written soon after. A killed process loses what was not
/// written yet.
/// </summary>
/// <param name="join">One value of what was noted twice under a key.</param>
/// <param name="crowded">The key, one of few, under which is noted what finds no room.</param>
internal sealed class WriteBehindBuffer<TKey, TValue>(Func<TValue, TValue, TValue> join, Func<TKey, TKey> crowded)
    where TKey : notnull
{
    // Memory stays bounded, whatever is thrown at the service and however long nothing can be written.
    private const int Most = 10_000;

    // Rows of one transaction: they are held until its end, and a login that needs one of thousands would wait for all
    // of them.
    private const int Together = 256;

    // A reader who comes while rows are being written cannot tell whether the store has them already. A write takes a
    // few milliseconds; where it takes longer than this nothing can be written, and the reader does not wait with it.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMilliseconds(100);
    private const int Attempts = 3;

    private readonly Lock gathering = new();
    private Dictionary<TKey, TValue> gathered = [];
    private Dictionary<TKey, TValue> taken = [];
    private Task flush = Task.CompletedTask;
    private Task writing = Task.CompletedTask;
    private long written;

    public void Add(TKey key, TValue value)
    {
        lock (gathering)
        {
            var room = gathered.Count < Most || gathered.ContainsKey(key);
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(
                gathered,
                room ? key : crowded(key),
                out var known
            );
            place = known ? join(place!, value) : value;
        }
    }

    /// <summary>
    /// Writes what there is; what could not be written is kept for the next time. One flush after another.
    /// </summary>
    /// <param name="inOrder">The order of writing.</param>
    /// <param name="write">Writes some.</param>
    /// <param name="due">What is to be written already; null for all.</param>
    public Task FlushAsync(
        Func<IEnumerable<KeyValuePair<TKey, TValue>>, IEnumerable<KeyValuePair<TKey, TValue>>> inOrder,
        Func<KeyValuePair<TKey, TValue>[], Task> write,
        Func<TKey, bool>? due = null
    )
    {
        lock (gathering)
        {
            return flush = FlushAfterAsync(flush, inOrder, write, due);
        }
    }

    /// <summary>
    /// What the store holds, and what is in memory and not in the store: each row in one of the two.
    /// </summary>
    public async Task<(TStored Stored, IReadOnlyList<KeyValuePair<TKey, TValue>> Waiting)> ReadAsync<TStored>(
        Func<Task<TStored>> read
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var (before, waiting) = Look();
            var stored = await read();
            await Volatile
                .Read(ref writing)
                .WaitAsync(LongestWrite)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt == Attempts || before == Look().Written)
            {
                return (stored, waiting);
            }
        }
    }

    private async Task FlushAfterAsync(
        Task before,
        Func<IEnumerable<KeyValuePair<TKey, TValue>>, IEnumerable<KeyValuePair<TKey, TValue>>> inOrder,
        Func<KeyValuePair<TKey, TValue>[], Task> write,
        Func<TKey, bool>? due
    )
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            foreach (var some in inOrder(Take(due)).Chunk(Together).ToList())
            {
                await WriteAsync(some, write);
            }
        }
        catch
        {
            PutBack();
            throw;
        }
    }

    private (long Written, KeyValuePair<TKey, TValue>[] Waiting) Look()
    {
        lock (gathering)
        {
            return (written, [.. taken, .. gathered]);
        }
    }

    private Dictionary<TKey, TValue> Take(Func<TKey, bool>? due)
    {
        lock (gathering)
        {
            if (due is null)
            {
                (taken, gathered) = (gathered, []);
                return taken;
            }

            taken = gathered.Where(one => due(one.Key)).ToDictionary();
            foreach (var key in taken.Keys)
            {
                gathered.Remove(key);
            }

            return taken;
        }
    }

    // Readers are told of the write before it begins, and of its end after its rows are out of memory.
    private async Task WriteAsync(KeyValuePair<TKey, TValue>[] some, Func<KeyValuePair<TKey, TValue>[], Task> write)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref writing, ended.Task);
        try
        {
            await write(some);
            Written(some);
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void Written(KeyValuePair<TKey, TValue>[] some)
    {
        lock (gathering)
        {
            written++;
            foreach (var (key, _) in some)
            {
                taken.Remove(key);
            }
        }
    }

    private void PutBack()
    {
        lock (gathering)
        {
            foreach (var (key, value) in taken)
            {
                Add(key, value);
            }

            taken = [];
        }
    }
}
