using Npgsql;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// The lead of one node in something: an advisory lock, which ends with its transaction, and so at the latest with the
/// connection.
/// </summary>
internal sealed class PostgresLead : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private PostgresLead(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    /// <summary>Takes it on this connection, which is closed with it; null when another node has it.</summary>
    public static async Task<PostgresLead?> TryAsync(
        NpgsqlConnection connection,
        LeadIn what,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
            command.Parameters.AddWithValue(what is LeadIn.Sealing ? PostgresLocks.Sealing : PostgresLocks.Upkeep);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new PostgresLead(connection, transaction);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
