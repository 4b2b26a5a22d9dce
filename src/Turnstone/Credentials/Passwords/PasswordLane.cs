using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>How much of the machine passwords may take.</summary>
public sealed record PasswordLaneSettings
{
    /// <summary>How many are hashed at once; half the cores unless set.</summary>
    public int Width { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many may wait.</summary>
    public int Queue { get; init; } = 64;
}

/// <summary>
/// The lane in which passwords are hashed: threads of its own that run behind all others, so that a storm of logins
/// takes neither the thread pool nor the cores from the refreshes. Its queue is shared fairly (<see
/// cref="FairQueue{T}"/>) between networks and accounts. When it is full, the next is refused at once, or the last of
/// the largest share in his place.
/// <para>
/// Other programs may leave such a thread no CPU at all. What one of them has had for a second is begun again by a
/// thread of ordinary priority, and what waits behind it too: one at a time, so a storm gains one thread by it.
/// </para>
/// </summary>
public sealed class PasswordLane : IDisposable
{
    private static readonly Refusal Full = new(
        RefusalCode.Unavailable,
        "Too many sign-ins are being checked right now.",
        "Repeat the request after the time in Retry-After.",
        TimeSpan.FromSeconds(2)
    );

    // Beside refreshes that take every core a hash takes a quarter of it.
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(1);

    private readonly Lock change = new();
    private readonly FairQueue<LaneWork> waiting;
    private readonly SemaphoreSlim ready = new(0);
    private readonly Channel<LaneWork> late = Channel.CreateUnbounded<LaneWork>();
    private readonly Thread[] threads;
    private readonly Thread ordinary;
    private readonly TimeProvider time;
    private readonly Meter meter = new("Turnstone.Passwords");
    private readonly Histogram<double> waits;
    private readonly Counter<long> refused;
    private readonly Action? full;
    private bool closed;

    /// <param name="settings">How wide it is and how many may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="full">Told of each password that is refused because no more may wait.</param>
    public PasswordLane(PasswordLaneSettings settings, TimeProvider time, Action? full = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Queue, 1);
        this.time = time;
        this.full = full;
        waiting = new FairQueue<LaneWork>(settings.Queue);
        waits = meter.CreateHistogram(
            "turnstone.passwords.wait",
            "s",
            "How long a password waited to be hashed.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
            }
        );
        refused = meter.CreateCounter<long>(
            "turnstone.passwords.refused",
            description: "Passwords refused because the queue was full."
        );
        meter.CreateObservableGauge(
            "turnstone.passwords.queue",
            () => Depth,
            description: "Passwords waiting to be hashed."
        );
        threads = [.. Enumerable.Range(1, settings.Width).Select(number => Start(Serve, $"passwords {number}"))];
        ordinary = Start(ServeLate, "late passwords");
    }

    /// <summary>Whoever listens sees the counter before it first counts: without that its first step is lost.</summary>
    public void CountFromZero() => refused.Add(0);

    /// <summary>How many wait now.</summary>
    public int Depth
    {
        get
        {
            lock (change)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>
    /// Runs the work in the lane; a refusal when no more may wait. Work whose caller has gone before its turn is not
    /// begun. Work that is late is run a second time beside the first, and the first answer is given.
    /// </summary>
    public Task<Outcome<T>> RunAsync<T>(LaneShare share, Func<T> work, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(share);
        var asked = new LaneWork<T>(work, time.GetTimestamp(), cancellationToken);
        if (!TryQueue(share, asked, out var pushedOut))
        {
            Refuse(asked);
        }

        if (pushedOut is not null)
        {
            Refuse(pushedOut);
        }

        return asked.Answer;
    }

    /// <summary>Takes no more, finishes what waits, and ends the threads.</summary>
    public void Dispose()
    {
        lock (change)
        {
            if (closed)
            {
                return;
            }

            closed = true;
        }

        ready.Release(threads.Length);
        foreach (var thread in threads)
        {
            thread.Join();
        }

        late.Writer.Complete();
        ordinary.Join();
        ready.Dispose();
        meter.Dispose();
    }

    private bool TryQueue(LaneShare share, LaneWork work, out LaneWork? pushedOut)
    {
        lock (change)
        {
            pushedOut = null;
            if (closed || !waiting.TryAdd(share.Path, work, out pushedOut))
            {
                return false;
            }

            // One that was pushed out leaves the count as it was.
            if (pushedOut is null)
            {
                ready.Release();
            }

            return true;
        }
    }

    private void Refuse(LaneWork work)
    {
        refused.Add(1);
        full?.Invoke();
        work.Refuse(Full);
    }

    private static Thread Start(Action serve, string name)
    {
        var thread = new Thread(() => serve()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void Serve()
    {
        LowThreadPriority.Set();
        LaneWork? running = null;
        using var clock = time.CreateTimer(_ => late.Writer.TryWrite(running!), null, Timeout.InfiniteTimeSpan, InTime);
        while (Next() is { } work)
        {
            running = work;
            clock.Change(InTime, InTime);
            Begin(work);
            clock.Change(Timeout.InfiniteTimeSpan, InTime);
            work.Ended = true;
        }
    }

    private void ServeLate()
    {
        foreach (var work in late.Reader.ReadAllAsync().ToBlockingEnumerable())
        {
            if (!work.Ended)
            {
                work.Run();
            }

            while (!work.Ended && NextAtOnce() is { } behind)
            {
                Begin(behind);
            }
        }
    }

    private void Begin(LaneWork work)
    {
        waits.Record(time.GetElapsedTime(work.Queued).TotalSeconds);
        work.Run();
    }

    /// <summary>Waits for the next; null when the lane is closed and nothing waits any more.</summary>
    private LaneWork? Next()
    {
        ready.Wait();
        return Take();
    }

    private LaneWork? NextAtOnce()
    {
        if (!ready.Wait(0))
        {
            return null;
        }

        // When the lane closes, each of its threads is woken once more and finds nothing.
        if (Take() is { } next)
        {
            return next;
        }

        ready.Release();
        return null;
    }

    private LaneWork? Take()
    {
        lock (change)
        {
            return waiting.TryTake(out var work) ? work : null;
        }
    }
}
