using Turnstone.Model;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>A session that looked dead when the sweep read it, and lives by the time it would be removed.</summary>
public abstract class RevivedSessionTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task It_is_not_removed_and_not_counted()
    {
        await GivenSessionAsync();
        await GivenSessionAsync();
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, await SweepAsync("access_expires_at = 9000000000000000"));

        Assert.Equal(1, await Database.RowsAsync("sessions"));
    }

    [Theory]
    [InlineData("version = version + 1")]
    [InlineData("access_expires_at = access_expires_at + 3600000000")]
    public async Task One_that_a_mark_has_ended_is_not_removed_while_its_row_changes(string change)
    {
        var account = await GivenAccountAsync();
        await GivenSessionAsync(account.Id);
        await GivenSessionAsync(account.Id);
        await Store.Sessions.EndAllAsync(
            SessionHolder.Account(account.Id),
            RevocationReason.ByOperator,
            Entry(AuditEvent.SessionsRevoked),
            Cancel
        );
        Time.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(1, await SweepAsync(change));

        Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await Store.Sessions.SweepAsync(Time.Now, 2, Cancel));
    }

    /// <summary>Changes every row once one is removed. Nothing else comes between the read and the removals.</summary>
    protected abstract string Trigger(string change);

    protected abstract string NoTrigger { get; }

    private async Task<int> SweepAsync(string change)
    {
        await Database.ExecuteAsync(Database.ConnectionString, Trigger(change));
        var removed = await Store.Sessions.SweepAsync(Time.Now, 2, Cancel);
        await Database.ExecuteAsync(Database.ConnectionString, NoTrigger);
        return removed;
    }
}

public sealed class Revived_session_on_SQLite(SqliteDatabase database)
    : RevivedSessionTests(database),
        IClassFixture<SqliteDatabase>
{
    protected override string Trigger(string change) =>
        $"CREATE TRIGGER revival AFTER DELETE ON sessions BEGIN UPDATE sessions SET {change}; END";

    protected override string NoTrigger => "DROP TRIGGER revival";
}

public sealed class Revived_session_on_PostgreSQL(PostgresDatabase database)
    : RevivedSessionTests(database),
        IClassFixture<PostgresDatabase>
{
    protected override string Trigger(string change) =>
        $$"""
            CREATE FUNCTION revive() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE sessions SET {{change}};
                RETURN NULL;
            END $$;
            CREATE TRIGGER revival AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION revive();
            """;

    protected override string NoTrigger => "DROP FUNCTION revive() CASCADE";
}
