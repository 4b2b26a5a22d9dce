using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Sqlite;

/// <summary>A connection to the embedded database with the statements it has prepared.</summary>
internal sealed class SqliteDb(SqliteConnection connection, RandomSource random) : Db(random, CancellationToken.None), IDisposable
{
    private const string Rotate =
        "UPDATE sessions SET generation = $3, advanced_at = $4, access_expires_at = $5, refresh_expires_at = $6, advance_key_hash = $7, refreshes = $8, "
        + "replays = $9, last_used_at = $10, revoked_at = $11, revoked_for = $12, version = $13, longest_access = $14 WHERE id = $1 AND version = $2";

    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(1);

    // A writer is alone from BEGIN IMMEDIATE to COMMIT: there is nobody to lock out.
    public override string ForShare => "";

    public override string ForUpdate => "";

    /// <summary>
    /// Begins to write. Where another process writes too it is tried every millisecond: SQLite's own waiting grows to a tenth of a second a try,
    /// and beside a busy server an operator's command would never find the gap between two commits.
    /// </summary>
    public async Task BeginAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE") is var result and not raw.SQLITE_OK)
        {
            if (result != raw.SQLITE_BUSY || Stopwatch.GetElapsedTime(began) > LongestWait)
            {
                SqliteException.ThrowExceptionForRC(result, connection.Handle);
            }

            await Task.Delay(BetweenTries);
        }
    }

    public override Task LockAsync(string name) => Task.CompletedTask;

    public override Task<bool> TableExistsAsync(string name) => AnyAsync("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1", name);

    public override async Task ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        foreach (var row in rows)
        {
            await ExecuteAsync(sql, row);
        }
    }

    public override async Task<List<Session>> ReadSessionsAsync(IReadOnlyCollection<SessionId> ids)
    {
        var rows = new List<Session>(ids.Count);
        foreach (var id in ids)
        {
            rows.AddRange(await ListAsync($"SELECT {SessionRow.Columns} FROM sessions WHERE id = $1", SessionRow.Read, id));
        }

        return rows;
    }

    public override async Task<HashSet<SessionId>> WriteRotatedAsync(IReadOnlyList<Session> rows, IReadOnlyList<long> versionsBefore)
    {
        var written = new HashSet<SessionId>();
        for (var i = 0; i < rows.Count; i++)
        {
            var s = rows[i];
            if (await ExecuteAsync(
                Rotate, s.Id, versionsBefore[i], s.Generation, s.AdvancedAt, s.AccessExpiresAt, s.RefreshExpiresAt, s.AdvanceKeyHash, s.Refreshes, s.Replays,
                s.LastUsedAt, s.RevokedAt, s.RevokedFor, s.Version, s.LongestAccess) == 1)
            {
                written.Add(s.Id);
            }
        }

        return written;
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    protected override DbCommand Command(string sql, object?[] values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this project's own; values are parameters
            command.CommandText = sql;
#pragma warning restore CA2100
            prepared.Add(sql, command);
        }

        command.Parameters.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", Value.Of(values[i]));
        }

        return command;
    }

    // Kept, prepared, for the next time.
    protected override void Release(DbCommand command)
    {
    }
}
