using Microsoft.Extensions.Logging.Abstractions;
using Turnstone.AspNetCore;
using Turnstone.AspNetCore.Feed;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>The library's guard and its follower of the feed, without an API around them.</summary>
internal sealed class LoneGuard : IAsyncDisposable
{
    /// <summary>Only what is wrong takes so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly FeedFollower follower;

    private LoneGuard(Guard guard)
    {
        Guard = guard;
        follower = new(guard, NullLogger<FeedFollower>.Instance) { SilenceTime = guard.Options.Time };
    }

    public Guard Guard { get; }

    public bool IsCurrent => Guard.Feed.IsCurrent;

    public static async Task<LoneGuard> StartAsync(HttpMessageHandler road, TimeProvider time)
    {
        var options = new TurnstoneOptions
        {
            Issuer = "https://id.example.test",
            ClientId = FeedCalls.GuardId,
            ClientSecret = FeedCalls.GuardSecret,
            FollowsRevocations = true,
            Handler = road,
            Time = time,
        };
        var lone = new LoneGuard(new(options));
        await lone.follower.StartAsync(TestContext.Current.CancellationToken);
        return lone;
    }

    /// <summary>Looks again whenever the feed says something.</summary>
    public async Task UntilAsync(Func<bool> so)
    {
        while (true)
        {
            var heard = Guard.Feed.Heard;
            if (so())
            {
                return;
            }

            await heard.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await follower.StopAsync(CancellationToken.None);
        follower.Dispose();
        Guard.Dispose();
    }
}
