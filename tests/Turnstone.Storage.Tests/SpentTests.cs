namespace Turnstone.Storage.Tests;

public abstract class SpentTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Of_many_who_spend_one_at_once_one_does()
    {
        var hash = NewHash();
        Assert.False(await Store.Spent.IsSpentAsync(hash, Cancel));

        var spent = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Store.Spent.SpendAsync(hash, Time.Now.AddMinutes(5), Cancel))
        );

        Assert.Single(spent, won => won);
        Assert.True(await Store.Spent.IsSpentAsync(hash, Cancel));
        Assert.False(await Store.Spent.IsSpentAsync(NewHash(), Cancel));
    }

    [Fact]
    public async Task The_sweep_removes_what_would_have_ended_by_itself_a_day_ago()
    {
        var (dead, alive) = (NewHash(), NewHash());
        await Store.Spent.SpendAsync(dead, Time.Now.AddMinutes(5), Cancel);
        await Store.Spent.SpendAsync(alive, Time.Now.AddDays(30), Cancel);
        Time.Advance(TimeSpan.FromDays(2));

        Assert.InRange((await Store.Upkeep.SweepAsync(new Retention(), Cancel)).Spent, 1, int.MaxValue);

        Assert.False(await Store.Spent.IsSpentAsync(dead, Cancel));
        Assert.True(await Store.Spent.IsSpentAsync(alive, Cancel));
    }
}

public sealed class Spent_on_SQLite(SqliteDatabase database) : SpentTests(database), IClassFixture<SqliteDatabase>;

public sealed class Spent_on_PostgreSQL(PostgresDatabase database)
    : SpentTests(database),
        IClassFixture<PostgresDatabase>;
