using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Sqlite;

/// <summary>A connection to the embedded database with the statements it has prepared.</summary>
internal sealed class SqliteDb(SqliteConnection connection, RandomSource random)
    : Db(random, CancellationToken.None),
        IDisposable
{
    private static readonly string Find = $"SELECT {SessionRow.Columns} FROM sessions WHERE id = $1";

    private readonly StatementCache prepared = new();

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(1);

    // A writer is alone from BEGIN IMMEDIATE to COMMIT: there is nobody to lock out.
    public override string ForUpdate => "";

    /// <summary>How many statements this connection keeps.</summary>
    public int PreparedStatements => prepared.Count;

    /// <summary>
    /// Begins to write. Where another process writes too it is tried every millisecond: SQLite's own waiting grows to a
    /// tenth of a second a try, and beside a busy server an operator's command would never find the gap between two
    /// commits.
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

    // SQLite says that another connection has committed since, not what.
    public override async Task<bool> MayLackLoginsAsync(KnownLogins known, DateTimeOffset now)
    {
        var version = await NumberAsync("PRAGMA data_version");
        var may = known.Version != version;
        known.Version = version;
        known.ReadAt = may ? known.ReadAt : now;
        return may;
    }

    // A writer is alone: no mark is made beside it.
    public override Task<long> HoldMarksAsync() => Marks.LastNumberAsync(this);

    public override Task LockMarksAsync() => Task.CompletedTask;

    public override async Task NumberChangeAsync(IReadOnlyCollection<SessionId> revoked)
    {
        var number = await NumberAsync(
            "UPDATE counters SET number = number + 1 WHERE name = 'change' RETURNING number"
        );
        await ExecuteManyAsync(
            "UPDATE sessions SET revoked_number = $2 WHERE id = $1",
            [.. revoked.Select(id => new object?[] { id, number })]
        );
    }

    public override async Task<ChangePoint> ChangesAsync() =>
        new(await NumberAsync("SELECT number FROM counters WHERE name = 'change'") + 1, []);

    // A writer is alone: whoever began before it has ended.
    public override Task<long> OwnNumberAsync() => Task.FromResult(0L);

    public override Task<Ended> HaveEndedAsync(long number) => Task.FromResult(Ended.All);

    public override Task<bool> TableExistsAsync(string name) =>
        AnyAsync("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1", name);

    public override async Task<int> ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        var changed = 0;
        foreach (var row in rows)
        {
            changed += await ExecuteAsync(sql, row);
        }

        return changed;
    }

    public override Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        var changed = Run(Prepared(sql, out var rest), values);
        while (rest.Length > 0)
        {
            // A migration is many statements in one text.
            using var next = new SqliteStatement(connection.Handle!, rest, out rest);
            changed = Run(next, []);
        }

        return Task.FromResult(changed);
    }

    public override Task<List<T>> ListAsync<T>(string sql, Func<Row, T> read, params object?[] values)
    {
        var rows = new List<T>();
        var statement = Prepared(sql, out _);
        try
        {
            statement.Bind(values);
            while (statement.Step())
            {
                rows.Add(read(statement));
            }
        }
        finally
        {
            statement.Reset();
        }

        return Task.FromResult(rows);
    }

    public override string EachOf => "VALUES ($1, $2)";

    public override string OneOf(string column) => $"{column} = $1";

    public override async Task<List<T>> ListOfAsync<TKey, T>(
        string sql,
        Func<Row, T> read,
        IReadOnlyCollection<TKey> keys,
        params object?[] values
    )
    {
        var rows = new List<T>(keys.Count);
        foreach (var key in keys)
        {
            rows.AddRange(await ListAsync(sql, read, [key, .. values]));
        }

        return rows;
    }

    public override Task InsertAsync<TRow>(Insertion<TRow> into, IReadOnlyList<TRow> rows)
    {
        var statement = Prepared(into.OfOne, out _);
        foreach (var row in rows)
        {
            try
            {
                for (var i = 0; i < into.All.Count; i++)
                {
                    Bind(statement, i + 1, into.All[i], row);
                }

                statement.Run();
            }
            finally
            {
                statement.Reset();
            }
        }

        return Task.CompletedTask;
    }

    public override async Task<(List<Session> Rows, long LastMark)> ReadSessionsAsync(
        IReadOnlyCollection<SessionId> ids
    )
    {
        var lastMark = await Marks.LastNumberAsync(this);
        var rows = new List<Session>(ids.Count);
        var statement = Prepared(Find, out _);
        foreach (var id in ids)
        {
            try
            {
                statement.Bind(1, id.Value);
                if (statement.Step())
                {
                    rows.Add(SessionRow.Read(statement));
                }
            }
            finally
            {
                statement.Reset();
            }
        }

        return (rows, lastMark);
    }

    public override Task<IReadOnlyCollection<SessionId>> WriteRotatedAsync(
        IReadOnlyList<ChangedSession> rows,
        long lastMark
    )
    {
        List<SessionId>? moved = null;
        var statement = Prepared(SessionRow.Rotate, out _);
        foreach (var (before, after) in rows)
        {
            try
            {
                BindRotated(statement, after, before.Version);
                if (statement.Run() != 1)
                {
                    (moved ??= []).Add(after.Id);
                }
            }
            finally
            {
                statement.Reset();
            }
        }

        return Task.FromResult<IReadOnlyCollection<SessionId>>(moved ?? (IReadOnlyCollection<SessionId>)[]);
    }

    public void Dispose()
    {
        prepared.Dispose();
        connection.Dispose();
    }

    private static void Bind<TRow>(SqliteStatement statement, int place, Column<TRow> column, TRow row)
    {
        if (column.Number is { } number)
        {
            statement.Bind(place, number(row));
        }
        else if (column.Text is { } text)
        {
            statement.Bind(place, text(row));
        }
        else if (column.Bytes is { } bytes)
        {
            statement.Bind(place, bytes(row));
        }
        else
        {
            statement.Bind(place, column.Id!(row));
        }
    }

    private static void BindRotated(SqliteStatement statement, Session row, long before)
    {
        statement.Bind(1, row.Id.Value);
        statement.Bind(2, before);
        statement.Bind(3, row.Generation);
        statement.Bind(4, Value.OfTime(row.AdvancedAt));
        statement.Bind(5, Value.OfTime(row.AccessExpiresAt));
        statement.Bind(6, Value.OfTime(row.RefreshExpiresAt));
        statement.Bind(7, Value.OfTime(row.LastUsedAt));
        statement.Bind(8, row.Replays);
        statement.Bind(9, row.Version);
        statement.Bind(10, Value.OfSpan(row.LongestAccess));
        statement.Bind(11, row.AdvanceKeyHash);
        statement.Bind(12, Value.OfTime(row.RevokedAt));
        statement.Bind(13, row.RevokedFor?.Text);
        statement.Bind(14, Value.OfFlag(row.SendsKeys));
        statement.Bind(15, row.RepeatedGeneration);
        statement.Bind(16, Value.OfTime(row.AlarmedAt));
    }

    private static int Run(SqliteStatement statement, ReadOnlySpan<object?> values)
    {
        try
        {
            statement.Bind(values);
            return statement.Run();
        }
        finally
        {
            statement.Reset();
        }
    }

    // Multi-statement SQL is a migration: it runs once, so nobody asks the cache for what follows its first statement.
    private SqliteStatement Prepared(string sql, out string rest)
    {
        rest = "";
        if (!prepared.TryGet(sql, out var statement))
        {
            statement = new SqliteStatement(connection.Handle!, sql, out rest);
            prepared.Add(sql, statement);
        }

        return statement;
    }
}
