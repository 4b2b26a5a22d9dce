using System.Data.Common;
using System.Security.Cryptography;

namespace Turnstone.Client;

/// <summary>
/// A row for each session in any database with an ADO.NET driver, for hosts that share no file system. The lock is a
/// lease in the row; every write is compare-and-set, so a holder whose lease ran out changes nothing.
/// </summary>
/// <param name="open">Opens a connection.</param>
/// <param name="table">The table; see <see cref="CreateTableAsync"/>.</param>
/// <param name="time">The clock of the leases; the clocks of the hosts may differ by less than a lease.</param>
public sealed class DatabaseStore(
    Func<CancellationToken, ValueTask<DbConnection>> open,
    string table = "turnstone_sessions",
    TimeProvider? time = null
) : ISessionStore
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly string table = table.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '.')
        ? table
        : throw new ArgumentException("The name of a table has letters, digits, '_' and '.'.", nameof(table));

    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>Makes the table if it is not there.</summary>
    public async Task CreateTableAsync(CancellationToken cancellationToken = default) =>
        await ExecuteAsync(
                $"CREATE TABLE IF NOT EXISTS {table} (name varchar(64) PRIMARY KEY, content text, "
                    + "holder varchar(32), held_until bigint NOT NULL)",
                cancellationToken
            )
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken)
    {
        var holder = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await ExecuteAsync(
                $"INSERT INTO {table} (name, held_until) SELECT @name, 0 "
                    + $"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE name = @name) ON CONFLICT DO NOTHING",
                cancellationToken,
                ("@name", session)
            )
            .ConfigureAwait(false);
        for (var attempt = 0; !await TakeAsync(session, holder, cancellationToken).ConfigureAwait(false); attempt++)
        {
            var longest = Math.Min(10 << Math.Min(attempt, 5), 250);
            await Task.Delay(5 + RandomNumberGenerator.GetInt32(longest), cancellationToken).ConfigureAwait(false);
        }

        return new Release(() => GiveBackAsync(session, holder));
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken)
    {
        await using var connection = await open(cancellationToken).ConfigureAwait(false);
        await using var command = Command(
            connection,
            $"SELECT content FROM {table} WHERE name = @name",
            ("@name", session)
        );
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WriteAsync(
        string session,
        string text,
        string? before,
        CancellationToken cancellationToken
    ) =>
        await ExecuteAsync(
                $"UPDATE {table} SET content = @text WHERE name = @name AND COALESCE(content, '') = @before",
                cancellationToken,
                ("@name", session),
                ("@text", text),
                ("@before", before ?? "")
            )
            .ConfigureAwait(false) == 1;

    private async Task<bool> TakeAsync(string session, string holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await ExecuteAsync(
                $"UPDATE {table} SET holder = @holder, held_until = @until WHERE name = @name AND held_until <= @now",
                cancellationToken,
                ("@name", session),
                ("@holder", holder),
                ("@until", now + (long)Lease.TotalMilliseconds),
                ("@now", now)
            )
            .ConfigureAwait(false) == 1;
    }

    // A lease that cannot be given back runs out by itself.
    private async ValueTask GiveBackAsync(string session, string holder)
    {
        try
        {
            await ExecuteAsync(
                    $"UPDATE {table} SET held_until = 0 WHERE name = @name AND holder = @holder",
                    CancellationToken.None,
                    ("@name", session),
                    ("@holder", holder)
                )
                .ConfigureAwait(false);
        }
        catch (DbException) { }
    }

    private async Task<int> ExecuteAsync(
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] values
    )
    {
        await using var connection = await open(cancellationToken).ConfigureAwait(false);
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static DbCommand Command(DbConnection connection, string sql, params (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The only text that is not ours is the table's name, which is checked.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
