using System.Diagnostics;
using Turnstone.Bench.Load;
using Turnstone.Model;

namespace Turnstone.Bench.BadDays;

/// <summary>What came of requests that were offered at a fixed rate, whatever the server made of them.</summary>
internal sealed class Offer
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> others = [];

    private Offer(int slices) => Slices = [.. Enumerable.Range(0, slices).Select(_ => new Histogram())];

    /// <summary>Good answers, timed from when the request was sent.</summary>
    public Histogram Good { get; } = new();

    /// <summary>429 and 503 with Retry-After, timed from when the request was sent.</summary>
    public Histogram Refused { get; } = new();

    /// <summary>Good answers by the second in which they were due, timed from when they were due.</summary>
    public IReadOnlyList<Histogram> Slices { get; }

    /// <summary>What was neither, by what was wrong with it.</summary>
    public IReadOnlyDictionary<string, long> Others => others;

    public TimeSpan Elapsed { get; private set; }

    public double PerSecond(long count) => count / Elapsed.TotalSeconds;

    /// <summary>
    /// Offers so many requests a second; where <paramref name="heed"/> is set, a connection that was refused leaves out
    /// what is due in the next second, as Retry-After asks. A connection that still waits for its answer when its next
    /// request is due sends that one late, so there have to be many.
    /// </summary>
    public static async Task<Offer> MakeAsync(
        IReadOnlyList<(ICaller Caller, Wire Wire)> callers,
        TimeSpan length,
        double rate,
        bool heed = false
    )
    {
        var offer = new Offer((int)Math.Ceiling(length.TotalSeconds));
        var began = Stopwatch.GetTimestamp();
        var interval = callers.Count / rate;
        using var patience = new CancellationTokenSource(length + TimeSpan.FromSeconds(30));
        await Task.WhenAll(
            callers.Select(
                (one, i) =>
                    Task.Run(() =>
                        offer.DriveAsync(
                            one.Caller,
                            one.Wire,
                            began,
                            length,
                            interval,
                            i / (double)callers.Count,
                            heed,
                            patience.Token
                        )
                    )
            )
        );
        offer.Elapsed = Stopwatch.GetElapsedTime(began);
        return offer;
    }

    private async Task DriveAsync(
        ICaller caller,
        Wire wire,
        long began,
        TimeSpan length,
        double interval,
        double phase,
        bool heed,
        CancellationToken cancel
    )
    {
        var own = new Offer(Slices.Count);
        var until = TimeSpan.Zero;
        for (long number = 0; ; number++)
        {
            var due = TimeSpan.FromSeconds((number + phase) * interval);
            if (due >= length)
            {
                break;
            }

            if (due < until)
            {
                continue;
            }

            // Where the connection was free in time, the wake-up that a timer gives late is the generator's and not the
            // server's.
            var slice = (int)due.TotalSeconds;
            var early = due - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, cancel);
                due = Stopwatch.GetElapsedTime(began);
            }

            if (!await own.AskAsync(caller, wire, began, due, slice, cancel) && heed)
            {
                until = Stopwatch.GetElapsedTime(began) + RetryAfter;
            }
        }

        lock (others)
        {
            Add(own);
        }
    }

    /// <summary>False when it was refused.</summary>
    private async Task<bool> AskAsync(
        ICaller caller,
        Wire wire,
        long began,
        TimeSpan due,
        int slice,
        CancellationToken cancel
    )
    {
        string? problem;
        try
        {
            var sent = Stopwatch.GetTimestamp();
            var answer = await wire.AskAsync(caller.Next(), cancel);
            var took = (long)Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
            if (answer is { Status: 429 or 503, RetryAfter: true })
            {
                Refused.Record(took);
                return false;
            }

            problem = caller.Check(answer);
            if (problem is null)
            {
                Good.Record(took);
                Slices[slice].Record((long)(Stopwatch.GetElapsedTime(began) - due).TotalMicroseconds);
                return true;
            }
        }
        catch (Exception reason)
            when (reason is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            problem = reason.GetType().Name;
        }

        others[problem] = others.GetValueOrDefault(problem) + 1;
        return true;
    }

    private void Add(Offer own)
    {
        Good.Add(own.Good);
        Refused.Add(own.Refused);
        for (var i = 0; i < Slices.Count; i++)
        {
            Slices[i].Add(own.Slices[i]);
        }

        foreach (var (problem, times) in own.Others)
        {
            others[problem] = others.GetValueOrDefault(problem) + times;
        }
    }
}
