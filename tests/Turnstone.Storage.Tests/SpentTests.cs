using Npgsql;

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
    public async Task Of_many_that_are_spent_at_once_each_is_spent_once()
    {
        List<byte[]> hashes = [.. Enumerable.Range(0, 40).Select(_ => NewHash())];

        var spent = await Task.WhenAll(
            hashes.Concat(hashes).Select(hash => Store.Spent.SpendAsync(hash, Time.Now.AddMinutes(5), Cancel))
        );

        Assert.All(Enumerable.Range(0, 40), i => Assert.True(spent[i] ^ spent[i + 40]));
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
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task One_that_another_node_is_spending_keeps_no_other_waiting()
    {
        // The connections are open before anybody waits: how long that takes is not what is asked here.
        await SpendOthersAsync();
        var held = NewHash();
        await using var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        await other.OpenAsync(Cancel);
        await using var spending = await other.BeginTransactionAsync(Cancel);
        await using var command = new NpgsqlCommand("INSERT INTO spent (hash, until) VALUES ($1, 0)", other)
        {
            Parameters = { new() { Value = held } },
        };
        await command.ExecuteNonQueryAsync(Cancel);

        var waiting = Store.Spent.SpendAsync(held, Time.Now.AddMinutes(5), Cancel);
        await SpendOthersAsync();
        Assert.False(waiting.IsCompleted);
        await spending.RollbackAsync(Cancel);
        Assert.True(await waiting);
    }

    private async Task SpendOthersAsync()
    {
        var others = Enumerable
            .Range(0, 20)
            .Select(_ => Store.Spent.SpendAsync(NewHash(), Time.Now.AddMinutes(5), Cancel));
        Assert.All(await Task.WhenAll(others), Assert.True);
    }
}
