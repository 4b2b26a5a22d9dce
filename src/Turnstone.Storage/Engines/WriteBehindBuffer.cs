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

    private readonly Lock gathering = new();
    private Dictionary<TKey, TValue> gathered = [];

    public void Add(TKey key, TValue value)
    {
        lock (gathering)
        {
            var room = gathered.Count < Most || gathered.ContainsKey(key);
            key = room ? key : crowded(key);
            gathered[key] = gathered.TryGetValue(key, out var known) ? join(known, value) : value;
        }
    }

    /// <summary>Writes what there is; what could not be written is kept for the next time.</summary>
    public async Task FlushAsync(
        Func<IEnumerable<KeyValuePair<TKey, TValue>>, IEnumerable<KeyValuePair<TKey, TValue>>> inOrder,
        Func<KeyValuePair<TKey, TValue>[], Task> write
    )
    {
        KeyValuePair<TKey, TValue>[] rows = [.. inOrder(Take())];
        var written = 0;
        try
        {
            foreach (var some in rows.Chunk(Together))
            {
                await write(some);
                written += some.Length;
            }
        }
        catch
        {
            foreach (var (key, value) in rows[written..])
            {
                Add(key, value);
            }

            throw;
        }
    }

    private Dictionary<TKey, TValue> Take()
    {
        lock (gathering)
        {
            var taken = gathered;
            gathered = [];
            return taken;
        }
    }
}
