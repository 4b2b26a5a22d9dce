using System.IO.Pipelines;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// What comes late does not count as now: a guard serves by nothing that is older than KeepServing, whatever the clocks
/// show.
/// </summary>
public sealed class LateFeedTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldFeed feed = new();
    private readonly TwoClocks clocks = new(Start);

    /// <param name="apart">How far the server's clock is from the guard's.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    [InlineData(-3600)]
    public async Task A_steady_stream_that_comes_ever_later_counts_for_as_long_as_silence_would(int apart)
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        await TellAsync(guard, connection, Start.AddSeconds(apart));

        // Each second a word arrives that was said half a second after the one before.
        for (var second = 1; second <= 60; second++)
        {
            clocks.Advance(1);
            await TellAsync(guard, connection, Start.AddSeconds(apart + (second / 2.0)));
            Assert.True(guard.IsCurrent);
        }

        clocks.Advance(1);
        await ToldFeed.TellAsync(connection, Start.AddSeconds(apart + 30.5), Start.AddSeconds(apart + 30.5));
        connection = await feed.AskedAsync();
        Assert.False(guard.IsCurrent);

        await TellAsync(guard, connection, Start.AddSeconds(apart + 61));
        Assert.True(guard.IsCurrent);
    }

    [Fact]
    public async Task What_came_late_is_not_served_by_for_longer_than_if_it_had_come_in_time()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        clocks.Advance(20);
        await TellAsync(guard, connection, Start);
        clocks.Advance(10);
        Assert.True(guard.IsCurrent);
        clocks.Advance(0.001);
        Assert.False(guard.IsCurrent);
    }

    [Fact]
    public async Task The_first_word_of_a_connection_is_as_old_as_the_question_may_be()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        clocks.Advance(31);
        await ToldFeed.TellAsync(connection, clocks.GetUtcNow(), clocks.GetUtcNow());
        await feed.AskedAsync();
        Assert.False(guard.IsCurrent);
    }

    [Fact]
    public async Task A_node_that_has_long_lost_its_database_makes_nobody_current_however_often_it_is_asked()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        for (var i = 0; i < 3; i++)
        {
            await ToldFeed.TellAsync(await feed.AskedAsync(), Start.AddSeconds(-31), Start);
        }

        var connection = await feed.AskedAsync();
        Assert.False(guard.IsCurrent);
        await TellAsync(guard, connection, Start.AddSeconds(-29), Start);
        Assert.True(guard.IsCurrent);
        clocks.Advance(1.5);
        Assert.False(guard.IsCurrent);
    }

    [Fact]
    public async Task A_node_that_knows_less_takes_away_nothing_of_what_another_has_told()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        await TellAsync(guard, connection, Start);
        await connection.CompleteAsync();
        await TellAsync(guard, await feed.AskedAsync(), Start.AddSeconds(-29), Start);
        clocks.Advance(30);
        Assert.True(guard.IsCurrent);
    }

    [Fact]
    public async Task After_the_machine_was_suspended_nobody_is_served_by_words_of_before()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        await TellAsync(guard, connection, Start);
        clocks.Set(3600);
        Assert.False(guard.IsCurrent);

        await ToldFeed.TellAsync(connection, Start.AddSeconds(1), Start.AddSeconds(1));
        connection = await feed.AskedAsync();
        Assert.False(guard.IsCurrent);
        await TellAsync(guard, connection, clocks.GetUtcNow());
        Assert.True(guard.IsCurrent);
    }

    [Fact]
    public async Task A_clock_of_the_guard_that_is_set_back_prolongs_nothing()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        await TellAsync(guard, await feed.AskedAsync(), Start);
        clocks.Set(-3600);
        clocks.Advance(30);
        Assert.True(guard.IsCurrent);
        clocks.Advance(1);
        Assert.False(guard.IsCurrent);
    }

    [Fact]
    public async Task A_clock_of_the_server_that_is_set_begins_another_connection()
    {
        await using var guard = await LoneGuard.StartAsync(feed, clocks);
        var connection = await feed.AskedAsync();
        await TellAsync(guard, connection, Start);
        await ToldFeed.TellAsync(connection, Start.AddHours(1), Start.AddHours(1));

        connection = await feed.AskedAsync();
        await TellAsync(guard, connection, Start.AddHours(1));
        await ToldFeed.TellAsync(connection, Start, Start);
        await TellAsync(guard, await feed.AskedAsync(), Start);
        Assert.True(guard.IsCurrent);
    }

    public void Dispose() => feed.Dispose();

    private static Task TellAsync(LoneGuard guard, PipeWriter connection, DateTimeOffset now) =>
        TellAsync(guard, connection, now, now);

    /// <summary>Tells it, and is back when the guard has taken it in.</summary>
    private static async Task TellAsync(LoneGuard guard, PipeWriter connection, DateTimeOffset asOf, DateTimeOffset now)
    {
        var heard = guard.Guard.Feed.Heard;
        await ToldFeed.TellAsync(connection, asOf, now);
        await heard.WaitAsync(LoneGuard.Patience, TestContext.Current.CancellationToken);
    }
}
