using System.Diagnostics;
using Turnstone.Model;

namespace Turnstone.Bench.Load;

/// <summary>What came of one round of load.</summary>
/// <param name="Done">Good answers.</param>
/// <param name="Errors">How many answers were not what they have to be, by what was wrong with them.</param>
/// <param name="Elapsed">How long the round took.</param>
/// <param name="Latency">Corrected for coordinated omission.</param>
/// <param name="Thirds">The good answers of each third of the round.</param>
internal sealed record RoundResult(
    long Done,
    IReadOnlyDictionary<string, long> Errors,
    TimeSpan Elapsed,
    Histogram Latency,
    IReadOnlyList<long> Thirds
)
{
    /// <summary>The last third to the first: below 1 where a cost grows.</summary>
    public double Trend => Thirds[^1] / (double)Math.Max(1, Thirds[0]);

    public double PerSecond => Done / Elapsed.TotalSeconds;

    public long Failed => Errors.Values.Sum();
}

/// <summary>
/// Drives callers, each over a connection of its own. Without a rate each asks again as soon as it was answered: the
/// greatest rate. With one, requests are due at fixed moments, and an answer's time counts from the moment its request
/// was due, whether or not the connection was free by then.
/// </summary>
internal sealed class Round
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Histogram latency = new();
    private readonly Dictionary<string, long> errors = [];
    private readonly long[] thirds = new long[3];

    public static async Task<RoundResult> RunAsync(
        IReadOnlyList<(ICaller Caller, Wire Wire)> callers,
        TimeSpan length,
        double? rate = null
    )
    {
        var round = new Round();
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var interval = rate is { } perSecond ? callers.Count * Stopwatch.Frequency / perSecond : (double?)null;
        using var patience = new CancellationTokenSource(length + Patience);
        await Task.WhenAll(
            callers.Select(
                (one, i) =>
                    Task.Run(() =>
                        round.DriveAsync(
                            one.Caller,
                            one.Wire,
                            began,
                            end,
                            interval,
                            i / (double)callers.Count,
                            patience.Token
                        )
                    )
            )
        );
        var elapsed = Stopwatch.GetElapsedTime(began);
        var done = round.thirds.Sum();
        var pace = done > 0 ? (long)(elapsed.TotalMicroseconds * callers.Count / done) : 0;
        return new RoundResult(
            done,
            round.errors,
            elapsed,
            rate is null ? round.latency.Corrected(pace) : round.latency,
            round.thirds
        );
    }

    private async Task DriveAsync(
        ICaller caller,
        Wire wire,
        long began,
        long end,
        double? interval,
        double phase,
        CancellationToken cancellationToken
    )
    {
        var own = new Histogram();
        var ownErrors = new Dictionary<string, long>();
        var ownThirds = new long[thirds.Length];
        for (long number = 0; ; number++)
        {
            var due = interval is { } ticks ? began + (long)((number + phase) * ticks) : Stopwatch.GetTimestamp();
            if (due >= end)
            {
                break;
            }

            // Where the connection was free in time, the wake-up that a timer gives late is the generator's and not the
            // server's.
            if (await UntilAsync(due, cancellationToken))
            {
                due = Stopwatch.GetTimestamp();
            }

            var problem = await AskAsync(caller, wire, cancellationToken);
            if (problem is null)
            {
                var now = Stopwatch.GetTimestamp();
                ownThirds[Math.Min(thirds.Length - 1, (now - began) * thirds.Length / (end - began))]++;
                own.Record((now - due) / (Stopwatch.Frequency / 1_000_000));
            }
            else
            {
                ownErrors[problem] = ownErrors.GetValueOrDefault(problem) + 1;
            }
        }

        lock (errors)
        {
            for (var third = 0; third < thirds.Length; third++)
            {
                thirds[third] += ownThirds[third];
            }

            latency.Add(own);
            foreach (var (problem, times) in ownErrors)
            {
                errors[problem] = errors.GetValueOrDefault(problem) + times;
            }
        }
    }

    private static async ValueTask<string?> AskAsync(ICaller caller, Wire wire, CancellationToken cancellationToken)
    {
        try
        {
            return caller.Check(await wire.AskAsync(caller.Next(), cancellationToken));
        }
        catch (Exception reason)
            when (reason is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return reason.GetType().Name;
        }
    }

    /// <summary>Waits for a moment; false when it had passed already.</summary>
    private static async ValueTask<bool> UntilAsync(long due, CancellationToken cancellationToken)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        await Task.Delay(left, cancellationToken);
        return true;
    }
}
