namespace Turnstone.Storage.Tests.Sessions;

/// <summary>A session that looked dead when the sweep read it, and lives by the time it would be removed.</summary>
public abstract class RevivedSessionTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task It_is_not_removed()
    {
        await GivenSessionAsync();
        await GivenSessionAsync();
        Time.Advance(TimeSpan.FromHours(2));
        await Database.ExecuteAsync(Database.ConnectionString, OthersLiveOnceOneIsRemoved);

        await Store.Sessions.SweepAsync(Time.Now, 10, Cancel);

        Assert.Equal(1, await Database.RowsAsync("sessions"));
    }

    /// <summary>A trigger: nothing else comes between the read and the removal of the second.</summary>
    protected abstract string OthersLiveOnceOneIsRemoved { get; }
}

public sealed class Revived_session_on_SQLite(SqliteDatabase database)
    : RevivedSessionTests(database),
        IClassFixture<SqliteDatabase>
{
    protected override string OthersLiveOnceOneIsRemoved =>
        """
            CREATE TRIGGER revival AFTER DELETE ON sessions BEGIN
                UPDATE sessions SET access_expires_at = 9000000000000000;
            END
            """;
}

public sealed class Revived_session_on_PostgreSQL(PostgresDatabase database)
    : RevivedSessionTests(database),
        IClassFixture<PostgresDatabase>
{
    protected override string OthersLiveOnceOneIsRemoved =>
        """
            CREATE FUNCTION revive() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE sessions SET access_expires_at = 9000000000000000;
                RETURN NULL;
            END $$;
            CREATE TRIGGER revival AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION revive();
            """;
}
