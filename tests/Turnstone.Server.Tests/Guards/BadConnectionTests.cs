using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.AspNetCore.Feed;
using Turnstone.Model;
using Turnstone.Server.Tests.Guards.Following;

namespace Turnstone.Server.Tests.Guards;

/// <summary>
/// A guard whose connection is cut, delayed, doubled and overtaken a thousand times, to whichever of two nodes it
/// happens to reach, one of which is replaced now and then: it misses nothing. Once as the page about the feed
/// describes a guard, and once as the library is one.
/// </summary>
public sealed class BadConnectionTests
{
    private const ulong Seed = 20311;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_missed_whatever_becomes_of_the_connection()
    {
        await using var rounds = await BadRounds.StartAsync(Seed);
        var guard = new FollowingGuard();
        while (!rounds.AreOver)
        {
            foreach (var piece in await rounds.NextAsync(guard.LastId))
            {
                guard.Read(piece);
            }
        }

        guard.Read(await rounds.LastAsync(guard.LastId));
        rounds.AssertRefused(guard.Refuses, client => guard.Refuses("client", client, openedAfter: 0));
    }

    [Fact]
    public async Task The_library_misses_nothing_either()
    {
        await using var rounds = await BadRounds.StartAsync(Seed);
        using var road = new RoadOfRounds(rounds);
        await using var guard = await LoneGuard.StartAsync(road, new TwoClocks(rounds.Now));
        await road.Over.WaitAsync(Patience, Cancel);
        rounds.AssertRefused(id => IsEnded(guard, id, "nobody"), client => IsEnded(guard, NewId(), client));
        Assert.False(IsEnded(guard, NewId(), "nobody"));
        Assert.InRange(road.Connections, BadRounds.Count / 2, BadRounds.Count * 3);
    }

    private static string NewId() => $"{SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch)}";

    private static bool IsEnded(LoneGuard guard, string session, string client)
    {
        var token = new JsonWebToken("{}", $$"""{"sid":"{{session}}","client_id":"{{client}}","opened_after":0}""");
        return guard.Guard.Ended.Judge(TokenHolders.Of(token)!) is Standing.Ended;
    }
}
