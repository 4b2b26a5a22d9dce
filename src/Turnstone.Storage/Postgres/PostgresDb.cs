using Npgsql;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>A connection to PostgreSQL; it prepares by itself what is used often.</summary>
internal sealed class PostgresDb : Db
{
    // Many rows in one statement: a round trip for each would cost more than the write.
    private static readonly string Rotate =
        $"UPDATE sessions AS s SET {OfRotated((column, _) => $"{column} = v.{column}")} "
        + "FROM unnest($1::bytea[], $2::bigint[], "
        + $"{OfRotated((column, place) => $"${place + 3}::{TypeOf(column)}[]")}) "
        + $"AS v (id, before, {OfRotated((column, _) => column)}) "
        + "WHERE s.id = v.id AND s.version = v.before "
        + $"AND (SELECT turnstone_marks_end_at(${SessionRow.Rotated.Count + 3})) RETURNING s.id";

    private static readonly string Find =
        $"SELECT {SessionRow.Columns}, {Marks.LastNumber} FROM sessions WHERE id = ANY($1)";

    // A refresh waits for one row's lock at most.
    private const int RefreshTimeoutSeconds = 3;

    private readonly NpgsqlConnection connection;
    private PostgresTogether? together;
    private bool notReplicated;

    public PostgresDb(NpgsqlConnection connection, RandomSource random, CancellationToken cancellationToken)
        : base(random, cancellationToken)
    {
        this.connection = connection;
        connection.Notice += (_, told) => notReplicated |= PostgresErrors.IsNotReplicated(told.Notice);
    }

    public override string ForUpdate => "FOR UPDATE";

    /// <summary>
    /// After a commit: a standby that has to have it may not have it, because the wait for it was cancelled.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It is so: after a failover the commit may be gone.</exception>
    public void RequireReplicated()
    {
        if (notReplicated)
        {
            throw new StoreUnavailableException("A standby did not confirm a commit in time.")
            {
                OutcomeUnknown = true,
            };
        }
    }

    public override Task LockAsync(string name) =>
        AnyAsync("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name);

    // The engine asks each second, unless nobody has logged in here for long.
    public override Task<bool> MayLackLoginsAsync(KnownLogins known, DateTimeOffset now) =>
        Task.FromResult(now - known.ReadAt > PostgresLogins.Longest);

    public override Task<long> HoldMarksAsync() => NumberAsync("SELECT turnstone_hold_marks()");

    public override Task LockMarksAsync() => AnyAsync("SELECT pg_advisory_xact_lock(turnstone_marks_lock())");

    // The transaction's own number: the server knows which ones are still under way.
    public override Task NumberChangeAsync(IReadOnlyCollection<SessionId> revoked) =>
        ListOfAsync(
            "UPDATE sessions SET revoked_number = pg_current_xact_id()::text::bigint WHERE id = ANY($1) RETURNING id",
            row => row.Id(0),
            revoked
        );

    public override async Task<ChangePoint> ChangesAsync()
    {
        // The first row is the number that the next transaction gets, the second the history that it belongs to, the
        // others are those that are under way.
        var numbers = await ListAsync(
            "WITH now AS (SELECT pg_current_snapshot() AS snapshot) "
                + "SELECT 0::bigint AS place, pg_snapshot_xmax(snapshot)::text::bigint FROM now "
                + "UNION ALL SELECT 1::bigint, turnstone_history() "
                + "UNION ALL SELECT 2::bigint, pg_snapshot_xip(snapshot)::text::bigint FROM now ORDER BY place",
            row => row.Number(1)
        );
        return new(numbers[0], numbers[2..], numbers[1]);
    }

    public override Task<long> OwnNumberAsync() => NumberAsync("SELECT pg_current_xact_id()::text::bigint");

    // A snapshot has the transactions of the whole server. Those of another database write nothing here.
    public override async Task<Ended> HaveEndedAsync(long number)
    {
        var (next, running) = (
            await ListAsync(
                "WITH now AS (SELECT pg_current_snapshot() AS snapshot) "
                    + "SELECT pg_snapshot_xmax(snapshot)::text::bigint, "
                    + "(SELECT COUNT(*) FROM (SELECT pg_snapshot_xip(snapshot)::text::bigint AS number) AS one "
                    + "WHERE number <= $1 AND NOT EXISTS (SELECT 1 FROM pg_locks AS held "
                    + "JOIN pg_stat_activity AS other ON other.pid = held.pid "
                    + "WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' "
                    + "AND held.transactionid::text::bigint = number % 4294967296 "
                    + "AND other.datname <> current_database())) FROM now",
                row => (row.Number(0), row.Number(1)),
                number
            )
        )[0];
        return next <= number ? Ended.Unknown
            : running > 0 ? Ended.Some
            : Ended.All;
    }

    public override Task<bool> TableExistsAsync(string name) =>
        AnyAsync("SELECT 1 FROM pg_class WHERE oid = to_regclass($1)", name);

    public override async Task<int> ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            var command = new NpgsqlBatchCommand(sql);
            Bind(command.Parameters, row);
            batch.BatchCommands.Add(command);
        }

        return await batch.ExecuteNonQueryAsync(Cancelled);
    }

    public override async Task TogetherAsync(params IReadOnlyList<Func<Task>> steps)
    {
        var gathered = together = new PostgresTogether();
        List<Task> answers;
        try
        {
            answers = [.. steps.Select(step => step())];
        }
        finally
        {
            together = null;
        }

        await gathered.RunAsync(connection, Cancelled);
        await Task.WhenAll(answers);
    }

    public override async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(Cancelled);
    }

    public override async Task<List<T>> ListAsync<T>(string sql, Func<Row, T> read, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await ReadAsync(command, read, new List<T>());
    }

    public override string EachOf => "SELECT key, $2::bigint FROM unnest($1) AS key";

    public override string OneOf(string column) => $"{column} = ANY($1)";

    public override async Task<List<T>> ListOfAsync<TKey, T>(
        string sql,
        Func<Row, T> read,
        IReadOnlyCollection<TKey> keys,
        params object?[] values
    )
    {
        if (keys.Count == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(
            new NpgsqlParameter
            {
                Value = keys switch
                {
                    IEnumerable<string> texts => texts.ToArray(),
                    IEnumerable<long> numbers => numbers.ToArray(),
                    _ => keys.Select(key => (byte[])Value.Of(key)).ToArray(),
                },
            }
        );
        Bind(command.Parameters, values);
        return await ReadAsync(command, read, new List<T>(keys.Count));
    }

    // One statement for all of them: a statement each costs both sides several times what a row does.
    public override async Task InsertAsync<TRow>(Insertion<TRow> into, IReadOnlyList<TRow> rows)
    {
        await using var command = new NpgsqlCommand(into.OfAll, connection);
        foreach (var column in into.All)
        {
            object values =
                column.Number is { } number ? All(number)
                : column.Text is { } text ? All(text)
                : column.Bytes is { } bytes ? All(bytes)
                : All(row => column.Id!(row)?.ToByteArray(bigEndian: true));
            command.Parameters.Add(new NpgsqlParameter { Value = values });
        }

        await (together?.AddAsync(command, read: null) ?? command.ExecuteNonQueryAsync(Cancelled));

        T[] All<T>(Func<TRow, T> value)
        {
            var all = new T[rows.Count];
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = value(rows[i]);
            }

            return all;
        }
    }

    public override async Task<(List<Session> Rows, long LastMark)> ReadSessionsAsync(
        IReadOnlyCollection<SessionId> ids
    )
    {
        await using var command = new NpgsqlCommand(Find, connection) { CommandTimeout = RefreshTimeoutSeconds };
        command.Parameters.Add(new NpgsqlParameter { Value = ids.Select(id => id.ToBytes()).ToArray() });

        // Without a row nothing is decided by a mark.
        var lastMark = 0L;
        var rows = await ReadAsync(
            command,
            row =>
            {
                lastMark = row.Number(SessionRow.Count);
                return SessionRow.Read(row);
            },
            new List<Session>(ids.Count)
        );
        return (rows, rows.Count > 0 ? lastMark : await Marks.LastNumberAsync(this));
    }

    public override async Task<IReadOnlyCollection<SessionId>> WriteRotatedAsync(
        IReadOnlyList<ChangedSession> rows,
        long lastMark
    )
    {
        await using var command = new NpgsqlCommand(Rotate, connection) { CommandTimeout = RefreshTimeoutSeconds };
        Add(s => s.Id.ToBytes());
        command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(row => row.Before.Version).ToArray() });
        Add(s => (long)s.Generation);
        Add(s => Value.OfTime(s.AdvancedAt));
        Add(s => Value.OfTime(s.AccessExpiresAt));
        Add(s => Value.OfTime(s.RefreshExpiresAt));
        Add(s => Value.OfTime(s.LastUsedAt));
        Add(s => s.Replays);
        Add(s => s.Version);
        Add(s => Value.OfSpan(s.LongestAccess));
        Add(s => s.AdvanceKeyHash);
        Add(s => s.RevokedAt is { } at ? Value.OfTime(at) : (long?)null);
        Add(s => s.RevokedFor?.Text);
        Add(s => s.SendsKeys ? 1L : 0L);
        Add(s => s.RepeatedGeneration);
        Add(s => s.AlarmedAt is { } at ? Value.OfTime(at) : (long?)null);
        command.Parameters.Add(new NpgsqlParameter { Value = lastMark });

        var written = await ReadAsync(command, row => new SessionId(row.Id(0)), new List<SessionId>(rows.Count));
        return written.Count == rows.Count ? [] : rows.Select(row => row.After.Id).Except(written).ToHashSet();

        void Add<T>(Func<Session, T> column) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(row => column(row.After)).ToArray() });
    }

    private static string OfRotated(Func<string, int, string> text) =>
        string.Join(", ", SessionRow.Rotated.Select(text));

    private static string TypeOf(string column) =>
        column switch
        {
            "advance_key_hash" => "bytea",
            "revoked_for" => "text",
            _ => "bigint",
        };

    private async Task<TList> ReadAsync<T, TList>(NpgsqlCommand command, Func<Row, T> read, TList rows)
        where TList : ICollection<T>
    {
        if (together is { } others)
        {
            await others.AddAsync(command, AddAsync);
        }
        else
        {
            await using var reader = await command.ExecuteReaderAsync(Cancelled);
            await AddAsync(reader);
        }

        return rows;

        async Task AddAsync(NpgsqlDataReader reader)
        {
            var row = new PostgresRow(reader);
            while (await reader.ReadAsync(Cancelled))
            {
                rows.Add(read(row));
            }
        }
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Bind(command.Parameters, values);
        return command;
    }

    private static void Bind(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = Value.Of(value) });
        }
    }
}
