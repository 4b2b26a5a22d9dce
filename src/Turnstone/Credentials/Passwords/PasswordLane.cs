using System.Diagnostics.Metrics;
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
/// </summary>
public sealed class PasswordLane : IDisposable
{
    private static readonly Refusal Full = new(
        RefusalCode.Unavailable,
        "Too many sign-ins are being checked right now.",
        "Repeat the request after the time in Retry-After.",
        TimeSpan.FromSeconds(2)
    );

    private readonly Lock change = new();
    private readonly FairQueue<Waiter> waiting;
    private readonly SemaphoreSlim ready = new(0);
    private readonly Thread[] threads;
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
        waiting = new FairQueue<Waiter>(settings.Queue);
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
        threads = [.. Enumerable.Range(1, settings.Width).Select(Start)];
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
    /// begun.
    /// </summary>
    public Task<Outcome<T>> RunAsync<T>(LaneShare share, Func<T> work, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(share);
        var done = new TaskCompletionSource<Outcome<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var queued = time.GetTimestamp();
        if (!TryQueue(share, new Waiter(Turn, Refuse), out var pushedOut))
        {
            Refuse();
        }

        pushedOut?.Refuse();
        return done.Task;

        void Refuse()
        {
            refused.Add(1);
            full?.Invoke();
            done.SetResult(Full);
        }

        void Turn()
        {
            waits.Record(time.GetElapsedTime(queued).TotalSeconds);
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // whatever it threw belongs to the one who waits, not to this thread
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                done.SetException(thrown);
            }
        }
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

        ready.Dispose();
        meter.Dispose();
    }

    private bool TryQueue(LaneShare share, Waiter waiter, out Waiter? pushedOut)
    {
        lock (change)
        {
            pushedOut = null;
            if (closed || !waiting.TryAdd(share.Path, waiter, out pushedOut))
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

    private Thread Start(int number)
    {
        var thread = new Thread(Serve) { IsBackground = true, Name = $"passwords {number}" };
        thread.Start();
        return thread;
    }

    private void Serve()
    {
        LowThreadPriority.Set();
        while (Next() is { } waiter)
        {
            waiter.Turn();
        }
    }

    /// <summary>Waits for the next; null when the lane is closed and nothing waits any more.</summary>
    private Waiter? Next()
    {
        ready.Wait();
        lock (change)
        {
            return waiting.TryTake(out var waiter) ? waiter : null;
        }
    }

    private sealed record Waiter(Action Turn, Action Refuse);
}
