namespace Turnstone.Bench.Load;

/// <summary>
/// Texts that are good once and soon too old, such as proofs and codes: made before a round, as many as it will take by
/// what the round before took, so that their making is not measured. One connection's own.
/// </summary>
internal sealed class Supply(Func<Task<byte[]>> make)
{
    // More than the round before took: a server grows quicker for a while.
    private const double Spare = 1.3;

    private readonly Queue<byte[]> ready = new();
    private TimeSpan last;
    private int taken;

    /// <summary>The next; made on the spot where there were too few.</summary>
    public byte[] Take()
    {
        taken++;
        return ready.TryDequeue(out var one) ? one : make().GetAwaiter().GetResult();
    }

    /// <summary>Makes what a round of this length will take. What is left of the one before is too old.</summary>
    public async Task FillAsync(TimeSpan length)
    {
        var wanted = last > TimeSpan.Zero ? (int)(taken * (length / last) * Spare) + 1 : 1;
        (taken, last) = (0, length);
        ready.Clear();
        while (ready.Count < wanted)
        {
            ready.Enqueue(await make());
        }
    }

    /// <summary>One for each connection, and what fills them all.</summary>
    public static (IReadOnlyList<Supply> Each, Func<TimeSpan, Task> Fill) ForAll(
        int connections,
        Func<int, Func<Task<byte[]>>> make
    )
    {
        // Who waits for one that is made on the spot keeps a thread, and whatever makes it needs another.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, 2 * connections), ports);
        Supply[] all = [.. Enumerable.Range(0, connections).Select(i => new Supply(make(i)))];
        return (all, length => Task.WhenAll(all.Select(one => Task.Run(() => one.FillAsync(length)))));
    }
}
