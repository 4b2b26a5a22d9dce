using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Turnstone.AspNetCore.Server;

namespace Turnstone.AspNetCore.Feed;

/// <summary>
/// Follows the feed of revocations for as long as the program runs, and goes on from where it was after every break.
/// </summary>
internal sealed partial class FeedFollower(Guard guard, ILogger<FeedFollower> log) : BackgroundService
{
    /// <summary>The feed is heard of each second: after this long without a word the connection is dead.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SweepEach = TimeSpan.FromMinutes(1);

    private readonly FeedAttempts attempts = new(guard.Server, guard.Options.Time);
    private string? lastId;
    private int failures;
    private long sweptAt;

    /// <summary>
    /// What measures the silence: the machine's own clock, except where a test has no time that passes.
    /// </summary>
    internal TimeProvider SilenceTime { get; init; } = TimeProvider.System;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!guard.Options.FollowsRevocations)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception fault)
                when (IssuerServer.IsAway(fault) || fault is KeyNotFoundException or FormatException)
            {
                if (!stoppingToken.IsCancellationRequested)
                {
                    LogAway(failures, fault.Message);
                }
            }

            await WaitAsync(stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        var (answer, clock) = await attempts.FirstAsync(lastId, stopping);
        using var _ = answer;
        using var silence = new CancellationTokenSource(LongestSilence, SilenceTime);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, silence.Token);
        await using var stream = await answer.Content.ReadAsStreamAsync(ends.Token);
        await foreach (var one in SseParser.Create(stream).EnumerateAsync(ends.Token))
        {
            silence.CancelAfter(LongestSilence);
            Take(one, clock);
        }
    }

    private void Take(SseItem<string> one, FeedClock clock)
    {
        if (one.EventType == "ended")
        {
            using var data = JsonDocument.Parse(one.Data);
            guard.Feed.HearOfEnd(isHolder: guard.Ended.Add(data.RootElement));
        }
        else if (one.EventType == "current")
        {
            using var data = JsonDocument.Parse(one.Data);
            var (asOf, sent) = (data.RootElement.GetProperty("as_of"), data.RootElement.GetProperty("now"));
            lastId = one.EventId;
            TakeCurrent(clock.AgeOf(asOf.GetInt64(), sent.GetInt64()));
        }
    }

    // What comes too late by this connection or of this node may come in time by another.
    private void TakeCurrent(double age)
    {
        if (!guard.Feed.Hear(age))
        {
            throw new IssuerAwayException($"What it says is {age / 1000:F0} seconds old.");
        }

        failures = 0;
        Sweep();
    }

    private void Sweep()
    {
        var time = guard.Options.Time;
        if (time.GetElapsedTime(sweptAt) > SweepEach)
        {
            sweptAt = time.GetTimestamp();
            guard.Ended.DropBefore(time.GetUtcNow() - guard.Options.Skew);
        }
    }

    /// <summary>How long it waits at most before it tries again.</summary>
    internal static TimeSpan LongestWaitAfter(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(FeedAttempts.Pace.TotalMilliseconds, 100 * Math.Pow(2, failures)));

    // Full jitter, and soon after a connection that was good: all guards of a node come back when it is replaced. What
    // was waited for in vain counts.
    private async Task WaitAsync(CancellationToken stopping)
    {
        var most = LongestWaitAfter(failures);
        failures = Math.Min(failures + 1, 10);
        var some = RandomNumberGenerator.GetInt32((int)most.TotalMilliseconds);
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, some - attempts.SinceUnanswered));
        await Task.Delay(wait, guard.Options.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(1, LogLevel.Warning, "The feed of revocations is away ({Failures} times in a row): {Reason}")]
    private partial void LogAway(int failures, string reason);
}
