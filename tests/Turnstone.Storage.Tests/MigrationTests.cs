using Turnstone.Model;

namespace Turnstone.Storage.Tests;

public abstract class MigrationTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Nodes_that_start_together_on_an_empty_store_do_not_collide()
    {
        var empty = new StoreOptions { ConnectionString = await Database.CreateAsync() };
        var nodes = Enumerable.Range(0, 6).Select(_ => Store.Open(empty, Time, RandomSource.System)).ToList();

        var applied = await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Migrations.ApplyAsync(Cancel))));

        var status = await nodes[0].Migrations.StatusAsync(Cancel);
        Assert.True(applied.Max() > 0);
        Assert.Equal(applied.Max(), applied.Sum());
        Assert.Equal(0, status.Pending);
        Assert.Empty(await nodes[5].SigningKeys.ListAsync(Cancel));
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_status_of_an_empty_store_is_read_without_changing_it()
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = await Database.CreateAsync() },
            Time,
            RandomSource.System
        );

        Assert.Equal(0, (await store.Migrations.StatusAsync(Cancel)).Applied);
        Assert.True((await store.Migrations.StatusAsync(Cancel)).Pending > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Server=db;Database=turnstone")]
    [InlineData("Data Source=:memory:")]
    public void A_connection_string_for_neither_engine_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() =>
            Store.Open(new StoreOptions { ConnectionString = text }, Time, RandomSource.System)
        );
}

public sealed class Migration_on_SQLite(SqliteDatabase database)
    : MigrationTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Migration_on_PostgreSQL(PostgresDatabase database)
    : MigrationTests(database),
        IClassFixture<PostgresDatabase>;
