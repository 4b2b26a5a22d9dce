using Npgsql;

namespace Turnstone.Testing;

/// <summary>
/// While this is there, a PostgreSQL ends every connection that writes to one of the tables: at the write, or in the
/// commit.
/// </summary>
public sealed class LosingConnections : IAsyncDisposable
{
    private readonly NpgsqlDataSource database;

    private LosingConnections(NpgsqlDataSource database) => this.database = database;

    public static async Task<LosingConnections> OnAsync(
        string connectionString,
        bool inTheCommit,
        params string[] tables
    )
    {
        var losing = new LosingConnections(NpgsqlDataSource.Create($"{connectionString};Pooling=false"));
        var when = inTheCommit ? "DEFERRABLE INITIALLY DEFERRED" : "";
        await losing.ExecuteAsync(
            """
            CREATE FUNCTION lose_connection() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END'
            """
        );
        foreach (var table in tables)
        {
            await losing.ExecuteAsync(
                $"CREATE CONSTRAINT TRIGGER lose_connection AFTER INSERT OR UPDATE ON {table} {when} "
                    + "FOR EACH ROW EXECUTE FUNCTION lose_connection()"
            );
        }

        return losing;
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync("DROP FUNCTION lose_connection CASCADE");
        await database.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
