using Turnstone.Model;
using Turnstone.Testing;

namespace Turnstone.Storage.Tests;

/// <summary>A clock that is wrong destroys nothing.</summary>
public abstract class StoreClockTests(TestDatabase database) : StoreTest(database)
{
    private static readonly Retention AtOnce = new() { Sessions = TimeSpan.Zero };

    private protected Clock Wrong { get; } = new(database.Time);

    [Fact]
    public async Task A_node_whose_clock_is_years_ahead_removes_nothing_and_does_when_it_is_put_right()
    {
        await using var node = await OpenAsync();
        var session = await GivenSessionAsync();
        Assert.True((await SweepAsync(node)).Led);
        Wrong.Ahead = TimeSpan.FromDays(3000);

        Assert.Equal(Swept.Nothing with { ClockInDoubt = true }, await SweepAsync(node));
        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Assert.NotNull(await Store.Sessions.FindAsync(session.Id, Cancel));

        Wrong.Ahead = TimeSpan.Zero;
        Assert.True(await node.Clock.IsRightAsync(Cancel));
        Time.Advance(TimeSpan.FromHours(2));
        Assert.True((await SweepAsync(node)).Sessions > 0);
        Assert.Null(await Store.Sessions.FindAsync(session.Id, Cancel));
    }

    [Fact]
    public async Task A_clock_may_be_a_little_off()
    {
        await using var node = await OpenAsync();
        Assert.True(await node.Clock.IsRightAsync(Cancel));
        Wrong.Ahead = TimeSpan.FromSeconds(25);
        Assert.True(await node.Clock.IsRightAsync(Cancel));
        Wrong.Ahead = TimeSpan.FromSeconds(-25);
        Assert.True(await node.Clock.IsRightAsync(Cancel));
    }

    private protected async Task<Store> OpenAsync()
    {
        await Store.Audit.AppendAsync(Entry(), Cancel);
        return Store.Open(
            new StoreOptions { ConnectionString = Database.ConnectionString, DatabaseClock = Time },
            Wrong,
            RandomSource.System
        );
    }

    private protected static Task<Swept> SweepAsync(Store node) => node.Upkeep.SweepAsync(AtOnce, Cancel);

    /// <summary>A clock that shows another time of day than it should; durations are right.</summary>
    private protected sealed class Clock(FakeMachineClock right) : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + Ahead;

        public override long TimestampFrequency => right.TimestampFrequency;

        public override long GetTimestamp() => right.GetTimestamp();
    }
}

public sealed class StoreClock_on_SQLite(SqliteDatabase database)
    : StoreClockTests(database),
        IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task After_a_day_in_which_it_goes_evenly_it_is_believed()
    {
        await using var node = await OpenAsync();
        Assert.True(await node.Clock.IsRightAsync(Cancel));
        Wrong.Ahead = TimeSpan.FromHours(8);
        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Time.Advance(TimeSpan.FromHours(23));
        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Time.Advance(TimeSpan.FromHours(1));

        Assert.True(await node.Clock.IsRightAsync(Cancel));
        Assert.True(await node.Clock.IsRightAsync(Cancel));
    }

    [Fact]
    public async Task At_a_start_it_has_to_follow_on_what_was_recorded_before_and_not_on_what_is_recorded_since()
    {
        Wrong.Ahead = TimeSpan.FromHours(25);
        await using var node = await OpenAsync();

        Assert.False(await node.Clock.IsRightAsync(Cancel));
        await node.Audit.AppendAsync(Entry() with { At = Wrong.GetUtcNow() }, Cancel);
        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Wrong.Ahead = TimeSpan.FromHours(23);
        Assert.True(await node.Clock.IsRightAsync(Cancel));
    }
}

public sealed class StoreClock_on_PostgreSQL(PostgresDatabase database)
    : StoreClockTests(database),
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_clock_that_is_behind_is_no_better_than_one_that_is_ahead()
    {
        await using var node = await OpenAsync();
        Wrong.Ahead = TimeSpan.FromSeconds(-35);
        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Wrong.Ahead = TimeSpan.FromSeconds(35);
        Assert.False(await node.Clock.IsRightAsync(Cancel));
    }

    [Theory]
    [InlineData(5 * 24 * 60)]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task Whatever_it_says_a_node_that_has_asked_goes_by_the_databases(int minutes)
    {
        Wrong.Ahead = TimeSpan.FromMinutes(minutes);
        var shared = new DatabaseTime(Wrong);
        await using var node = Store.Open(
            new StoreOptions { ConnectionString = Database.ConnectionString, DatabaseClock = Time },
            shared,
            RandomSource.System
        );
        Assert.Equal(Time.Now + Wrong.Ahead, shared.GetUtcNow());

        Assert.False(await node.Clock.IsRightAsync(Cancel));
        Assert.Equal(Time.Now, shared.GetUtcNow());
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Time.Now, shared.GetUtcNow());

        // A clock that jumps again is noticed before the next reading; one that is right is followed.
        Wrong.Ahead = -TimeSpan.FromDays(1);
        Assert.Equal(Time.Now, shared.GetUtcNow());
        Wrong.Ahead = TimeSpan.FromMilliseconds(900);
        Assert.Equal(Time.Now + Wrong.Ahead, shared.GetUtcNow());
    }

    [Fact]
    public async Task It_is_compared_with_the_databases_own()
    {
        var options = new StoreOptions { ConnectionString = Database.ConnectionString };
        await using var right = Store.Open(options, TimeProvider.System, RandomSource.System);
        await using var wrong = Store.Open(options, Time, RandomSource.System);

        Assert.True(await right.Clock.IsRightAsync(Cancel));
        Assert.False(await wrong.Clock.IsRightAsync(Cancel));
    }
}
