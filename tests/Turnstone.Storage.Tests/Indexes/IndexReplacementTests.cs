using Npgsql;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Indexes;

/// <summary>
/// An index that is no longer needed is taken away from under those who use its table: nobody waits for it.
/// </summary>
public sealed class IndexReplacementTests(PostgresDatabase database)
    : StoreTest(database),
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public Task Sessions_are_opened_while_the_indexes_of_the_record_are_taken_away() =>
        AssertTakenAwayAsync("audit", store => store.SealedLog.SealAsync(Cancel));

    [Fact]
    public Task Sessions_are_opened_while_the_index_of_the_keys_is_taken_away() =>
        AssertTakenAwayAsync("sessions", store => store.FillIndexesAsync(Cancel));

    [Fact]
    public async Task Where_somebody_uses_the_table_for_long_it_is_tried_again_later()
    {
        var (store, of) = await NewStoreAsync();
        await using var _ = store;
        var reader = await BeginReadingAsync(of);
        var taking = store.SealedLog.SealAsync(Cancel);
        await UntilItWaitsAsync(of, taking);
        Time.Advance(TimeSpan.FromSeconds(2));
        await taking;
        Assert.NotEqual(0, await ReplacedAsync(of, "audit"));

        Time.Advance(TimeSpan.FromMinutes(2));
        var again = store.SealedLog.SealAsync(Cancel);
        await UntilItWaitsAsync(of, again);
        await reader.DisposeAsync();
        await again;
        Assert.Equal(0, await ReplacedAsync(of, "audit"));
    }

    // Somebody reads the table all the while, as a backup does: the index cannot go before he is done.
    private async Task AssertTakenAwayAsync(string table, Func<Store, Task> take)
    {
        var (store, of) = await NewStoreAsync();
        await using var _ = store;
        var key = await GivenKeyAsync(store);
        Assert.NotEqual(0, await ReplacedAsync(of, table));
        await using var reader = await BeginReadingAsync(of);
        var taking = take(store);
        await UntilItWaitsAsync(of, taking);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => OpenAsync(store, key)));

        Assert.False(taking.IsCompleted, "The index did not wait for the reader.");
        await reader.DisposeAsync();
        await taking;
        Assert.Equal(0, await ReplacedAsync(of, table));
    }

    private async Task<(Store Store, string Of)> NewStoreAsync()
    {
        var of = await Database.CreateAsync();
        var store = Store.Open(
            new StoreOptions { ConnectionString = of, DatabaseClock = Time },
            Time,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(Cancel);
        return (store, of);
    }

    private async Task<ApiKey> GivenKeyAsync(Store store)
    {
        var account = NewAccount();
        await store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), Cancel);
        var key = NewApiKey(account.Id);
        await store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), Cancel);
        return key;
    }

    private async Task OpenAsync(Store store, ApiKey key)
    {
        var receipt = await store.Sessions.OpenAsync(
            NewSession(key.AccountId, apiKey: key.Id),
            new Preconditions { ApiKeyId = key.Id },
            Entry(AuditEvent.Login, key.AccountId),
            Cancel
        );
        Assert.True(receipt.IsCommitted);
    }

    private static async Task<NpgsqlConnection> BeginReadingAsync(string of)
    {
        var reader = new NpgsqlConnection($"{of};Pooling=false");
        await reader.OpenAsync(Cancel);
        await using var read = new NpgsqlCommand(
            "BEGIN; LOCK TABLE sessions IN ACCESS SHARE MODE; LOCK TABLE audit IN ACCESS SHARE MODE",
            reader
        );
        await read.ExecuteNonQueryAsync(Cancel);
        return reader;
    }

    private async Task UntilItWaitsAsync(string of, Task taking)
    {
        while (
            !taking.IsCompleted
            && await Database.NumberAsync(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND query LIKE 'DROP INDEX%' AND state = 'active' AND wait_event_type = 'Lock'",
                of
            ) == 0
        )
        {
            await Task.Delay(10, Cancel);
        }

        Assert.False(taking.IsCompleted, "It did not wait.");
    }

    private Task<long> ReplacedAsync(string of, string table) =>
        Database.NumberAsync(
            $"SELECT COUNT(*) FROM pg_indexes WHERE schemaname = current_schema() AND tablename = '{table}' "
                + "AND indexname IN ('audit_of_account', 'audit_of_api_key', 'audit_of_client', 'audit_by_event', "
                + "'audit_of_actor', 'sessions_of_api_key')",
            of
        );
}
