using System.Collections.Concurrent;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// Spare instances of something that one thread at a time may use. It never holds more than were once in use together,
/// and nothing waits: when there is no spare, one more is made.
/// </summary>
internal sealed class Pool<T>(Func<T> make)
    where T : class
{
    private readonly ConcurrentBag<T> spares = [];

    public T Rent() => spares.TryTake(out var spare) ? spare : make();

    public void Return(T item) => spares.Add(item);
}
