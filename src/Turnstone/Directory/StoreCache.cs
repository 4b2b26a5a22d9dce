using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>
/// A small memory of what the store said moments ago, for what every request asks. Bounded in number and in age,
/// dropped whole when the store changes. Only what exists is remembered, so nobody fills it with guesses.
/// </summary>
public sealed class StoreCache<TKey, TValue> : IDisposable
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = new();
    private readonly int capacity;
    private readonly TimeSpan life;
    private readonly TimeProvider time;
    private readonly IDisposable subscription;
    private long changes;

    public StoreCache(int capacity, TimeSpan life, IStoreChanges storeChanges, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(storeChanges);
        this.capacity = capacity;
        this.life = life;
        this.time = time;
        subscription = storeChanges.Subscribe(change =>
        {
            if (change.Kind is ChangeKind.Directory)
            {
                Forget();
            }
        });
    }

    public int Count => entries.Count;

    /// <summary>What is remembered and fresh; false when the store has to be asked.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        value =
            entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.LoadedAt) < life ? entry.Value : null;
        return value is not null;
    }

    public async ValueTask<TValue?> GetAsync(
        TKey key,
        Func<CancellationToken, Task<TValue?>> load,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(load);
        if (TryGet(key, out var known))
        {
            return known;
        }

        // What was read before a change must not be remembered after it, however late it arrives; and its age counts
        // from before the reading.
        var seen = Volatile.Read(ref changes);
        var loadedAt = time.GetTimestamp();
        var value = await load(cancellationToken);
        if (value is null)
        {
            entries.TryRemove(key, out _);
            return null;
        }

        if (entries.Count >= capacity)
        {
            entries.Clear();
        }

        entries[key] = new Entry(value, loadedAt);
        if (Volatile.Read(ref changes) != seen)
        {
            entries.TryRemove(key, out _);
        }

        return value;
    }

    /// <summary>Forgets everything: the next question goes to the store.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref changes);
        entries.Clear();
    }

    /// <summary>Forgets one: the next question for it goes to the store.</summary>
    public void Forget(TKey key) => entries.TryRemove(key, out _);

    public void Dispose() => subscription.Dispose();

    private sealed record Entry(TValue Value, long LoadedAt);
}
