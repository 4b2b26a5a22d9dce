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

    // Who was away is to be whole again a second after it can be: waiting longer would be most of that time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEach = TimeSpan.FromMinutes(1);

    private string? lastId;
    private int failures;
    private long sweptAt;

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
            catch (Exception fault) when (IssuerServer.IsAway(fault) || fault is KeyNotFoundException)
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
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        silence.CancelAfter(LongestSilence);
        using var answer = await guard.Server.FollowAsync(lastId, silence.Token);
        await using var stream = await answer.Content.ReadAsStreamAsync(silence.Token);
        await foreach (var one in SseParser.Create(stream).EnumerateAsync(silence.Token))
        {
            silence.CancelAfter(LongestSilence);
            Take(one);
        }
    }

    private void Take(SseItem<string> one)
    {
        if (one.EventType == "ended")
        {
            using var data = JsonDocument.Parse(one.Data);
            guard.Feed.HearOfEnd(isHolder: guard.Ended.Add(data.RootElement));
        }
        else if (one.EventType == "current")
        {
            (lastId, failures) = (one.EventId, 0);
            guard.Feed.Hear();
            Sweep();
        }
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
        TimeSpan.FromMilliseconds(Math.Min(LongestWait.TotalMilliseconds, 100 * Math.Pow(2, failures)));

    // Full jitter, and at once after a connection that was good: all guards of a node come back when it is replaced.
    private async Task WaitAsync(CancellationToken stopping)
    {
        var most = LongestWaitAfter(failures);
        failures = Math.Min(failures + 1, 10);
        var wait = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)most.TotalMilliseconds + 1));
        await Task.Delay(wait, guard.Options.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(1, LogLevel.Warning, "The feed of revocations is away ({Failures} times in a row): {Reason}")]
    private partial void LogAway(int failures, string reason);
}
