using Npgsql;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// Notices a pooler that hands PostgreSQL's connection on after each transaction or statement. Prepared statements,
/// settings of the connection and LISTEN then belong to whoever comes next. In session mode all of it works.
/// </summary>
internal static class PostgresPooler
{
    // An idle connection is usually what the next client is given; a busy pooler may give another one.
    private const int Tries = 3;

    public static async Task<bool> HandsOnAsync(PostgresConnections connections, CancellationToken cancellationToken)
    {
        await using var idle = await connections.OpenAsync(cancellationToken);
        try
        {
            // The process that this client was told of when it connected: a pooler makes up one of its own.
            if (await ProcessAsync(idle, cancellationToken) == idle.ProcessID)
            {
                return false;
            }

            await using var busy = await connections.OpenAsync(cancellationToken);
            for (var i = 0; i < Tries; i++)
            {
                if (await IsHandedOnAsync(idle, busy, cancellationToken))
                {
                    return true;
                }
            }

            return false;
        }
        catch (PostgresException reason) when (IsOfAPooler(reason))
        {
            return true;
        }
    }

    private static async Task<bool> IsHandedOnAsync(
        NpgsqlConnection idle,
        NpgsqlConnection busy,
        CancellationToken cancellationToken
    )
    {
        var before = await ProcessAsync(idle, cancellationToken);
        await using var transaction = await busy.BeginTransactionAsync(cancellationToken);
        var other = await ProcessAsync(busy, cancellationToken);
        return other == before || await ProcessAsync(idle, cancellationToken) != before;
    }

    private static async Task<int> ProcessAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// A prepared statement that another client's connection has or has not; a transaction where there may be none.
    /// </summary>
    private static bool IsOfAPooler(PostgresException reason) =>
        reason.SqlState
            is PostgresErrorCodes.InvalidSqlStatementName
                or PostgresErrorCodes.DuplicatePreparedStatement
                or PostgresErrorCodes.ProtocolViolation;
}
