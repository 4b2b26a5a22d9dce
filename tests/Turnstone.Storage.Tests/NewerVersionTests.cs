using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests;

/// <summary>
/// A store that a newer version has migrated and written to: what it wrote is read, and what this version cannot serve
/// from is refused as unavailable.
/// </summary>
public abstract class NewerVersionTests(TestDatabase database) : StoreTest(database)
{
    private const string Require =
        "INSERT INTO counters (name, number) VALUES ('required version', {0}) "
        + "ON CONFLICT (name) DO UPDATE SET number = excluded.number";

    [Fact]
    public async Task An_entry_of_the_record_with_an_event_and_a_refusal_of_tomorrow_is_read_with_their_names()
    {
        var account = (await GivenAccountAsync()).Id;
        await Store.Audit.AppendAsync(
            Entry(account: account) with
            {
                Event = new("KeyTeleported"),
                Refused = new("too_far"),
            },
            Cancel
        );

        var entry = (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel))[0];

        Assert.Equal(("KeyTeleported", "too_far"), (entry.Event.Text, entry.Refused?.Text));
        Assert.Null(entry.Event.Known);
        Assert.Null(entry.Refused!.Value.Known);
    }

    [Fact]
    public async Task A_session_that_ended_for_a_reason_of_tomorrow_has_ended_and_keeps_the_reason()
    {
        var session = await GivenSessionAsync();
        await Store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);
        await ExecuteAsync("UPDATE sessions SET revoked_for = 'Eclipse' WHERE revoked_for = 'Logout'");
        var account = (await GivenAccountAsync()).Id;
        var held = await GivenSessionAsync(account);
        await Store.Sessions.EndAllAsync(SessionHolder.Account(account), RevocationReason.ByOwner, Entry(), Cancel);
        await ExecuteAsync("UPDATE marks SET reason = 'Eclipse'");
        await using var older = Database.Open();

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0, older)).Kind);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(held, 0, older)).Kind);
        Assert.Equal("Eclipse", (await older.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor?.Text);
        Assert.Equal("Eclipse", (await older.Sessions.FindAsync(held.Id, Cancel))!.RevokedFor?.Text);
    }

    [Fact]
    public async Task A_subscription_in_a_state_of_tomorrow_is_listed_and_not_active()
    {
        var subscription = await GivenSubscriptionAsync();
        await Store.Subscriptions.SaveAsync(
            subscription with
            {
                State = new("Paused"),
            },
            Entry(AuditEvent.SubscriptionChanged),
            Cancel
        );

        var read = Assert.Single(await Store.Subscriptions.ListAsync(subscription.AccountId, Cancel));

        Assert.Equal("Paused", read.State.Text);
        Assert.False(read.IsActive);
    }

    [Fact]
    public async Task A_chart_leaves_out_what_it_has_no_line_for()
    {
        var holder = UsageHolder.Of("shop", null, null);
        Store.Usage.Count(holder, UsageOutcome.Login);
        await Store.FlushAsync(Cancel);
        await ExecuteAsync(
            "INSERT INTO usage_counts (holder, day, outcome, total) SELECT holder, day, 'Teleported', 7 "
                + "FROM usage_counts WHERE holder = 'client:shop'"
        );
        var today = DateOnly.FromDateTime(Time.Now.UtcDateTime);

        Assert.Equal(
            new UsageRow(today, UsageOutcome.Login, 1),
            Assert.Single(await Store.Usage.ReadAsync(holder, today, today, Cancel))
        );
    }

    [Fact]
    public async Task A_value_of_tomorrow_that_decides_is_refused_as_unavailable()
    {
        var client = await GivenClientAsync();
        await ExecuteAsync($"UPDATE clients SET early = 'Sometimes' WHERE id = '{client.Id}'");

        await RefusedAsync(() => Store.Clients.FindAsync(client.Id, Cancel));
    }

    [Fact]
    public async Task A_store_that_only_got_more_is_served_and_one_that_requires_more_is_not_until_it_is_put_right()
    {
        await using var alone = await NewStoreAsync();
        var known = (await alone.Store.Migrations.StatusAsync(Cancel)).Known;
        await Database.ExecuteAsync(
            alone.ConnectionString,
            $"INSERT INTO schema_versions (version, name, applied_at) VALUES ({known + 1}, 'next', 0)"
        );
        await RequiresAsync(alone, known);
        Assert.Equal(0, await alone.Store.Migrations.ApplyAsync(Cancel));
        Assert.Empty(await alone.Store.SigningKeys.ListAsync(Cancel));

        await RequiresAsync(alone, known + 1);
        Assert.False((await alone.Store.Migrations.StatusAsync(Cancel)).Served);
        await RefusedAsync(() => alone.Store.SigningKeys.ListAsync(Cancel));
        await RefusedAsync(() => alone.Store.Audit.AppendAsync(Entry(), Cancel));
        await RefusedAsync(() => RefreshAsync(NewSession(), 0, alone.Store));
        await RefusedAsync(() => OpenAsync(NewSession(), alone.Store));
        await alone.Store.PingAsync(Cancel);

        await RequiresAsync(alone, known);
        Assert.True((await alone.Store.Migrations.StatusAsync(Cancel)).Served);
        Assert.Empty(await alone.Store.SigningKeys.ListAsync(Cancel));
    }

    [Fact]
    public async Task A_start_on_a_store_that_requires_more_is_refused_with_one_sentence()
    {
        await using var alone = await NewStoreAsync();
        await RequiresAsync(alone, 999);

        var refused = await Assert.ThrowsAsync<StoreTooNewException>(() => alone.Store.Migrations.ApplyAsync(Cancel));

        Assert.Matches(
            "^The store is at version [0-9]+ and requires 999, and this server knows versions up to [0-9]+: ",
            refused.Message
        );
    }

    [Theory]
    [InlineData("ALTER TABLE signing_keys RENAME COLUMN sealed TO wrapped")]
    [InlineData("ALTER TABLE signing_keys RENAME TO keys_of_tomorrow")]
    public async Task A_column_or_table_that_is_gone_is_refused_as_unavailable(string migration)
    {
        await using var alone = await NewStoreAsync();
        Assert.Empty(await alone.Store.SigningKeys.ListAsync(Cancel));
        await Database.ExecuteAsync(alone.ConnectionString, migration);

        await RefusedAsync(() => alone.Store.SigningKeys.ListAsync(Cancel));
        await RefusedAsync(() =>
            alone.Store.SigningKeys.AddAsync([], [NewSigningKey()], Entry(AuditEvent.SigningKeyCreated), Cancel)
        );
    }

    private SigningKeyRecord NewSigningKey() => new("one", SigningAlgorithm.ES256, NewHash(), Time.Now, Time.Now, null);

    private static async Task RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.Equal(UnavailableCause.SchemaTooNew, refused.Cause);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
    }

    private Task ExecuteAsync(string sql) => Database.ExecuteAsync(Database.ConnectionString, sql);

    private Task RequiresAsync(Alone alone, long version) =>
        Database.ExecuteAsync(alone.ConnectionString, Require.Replace("{0}", $"{version}", StringComparison.Ordinal));

    private async Task<Alone> NewStoreAsync()
    {
        var connectionString = await Database.CreateAsync();
        var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System);
        await store.Migrations.ApplyAsync(Cancel);
        return new(store, connectionString);
    }

    private sealed record Alone(Store Store, string ConnectionString) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }
}

public sealed class Newer_version_on_SQLite(SqliteDatabase database)
    : NewerVersionTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Newer_version_on_PostgreSQL(PostgresDatabase database)
    : NewerVersionTests(database),
        IClassFixture<PostgresDatabase>;
