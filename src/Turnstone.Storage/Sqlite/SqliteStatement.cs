using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// A prepared statement, and the row it stands on. The native calls themselves: between two of them there is nothing
/// that could wait, and the provider's commands, parameters and readers would cost more than SQLite does.
/// </summary>
internal sealed class SqliteStatement : Row, IDisposable
{
    private readonly sqlite3 connection;
    private readonly sqlite3_stmt statement;

    // To SQLite $2 is a name like any other: parameters are numbered in the order in which they appear.
    private readonly int[] places;

    // Most texts of a row are words that the row before had too.
    private readonly string?[] lastTexts;

    /// <param name="connection">The open connection.</param>
    /// <param name="sql">The text, of which the first statement is prepared.</param>
    /// <param name="rest">What follows it; empty for a single statement.</param>
    public SqliteStatement(sqlite3 connection, string sql, out string rest)
    {
        this.connection = connection;
        Require(raw.sqlite3_prepare_v2(connection, sql, out statement, out rest));
        rest = rest.TrimStart();
        lastTexts = new string?[raw.sqlite3_column_count(statement)];
        places =
        [
            .. Enumerable
                .Range(1, LargestName())
                .Select(name => raw.sqlite3_bind_parameter_index(statement, $"${name}")),
        ];
    }

    /// <summary>Begins anew with these values for <c>$1</c>, <c>$2</c>, …</summary>
    public void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            switch (Value.Of(values[i]))
            {
                case long number:
                    Bind(i + 1, number);
                    break;
                case string text:
                    Bind(i + 1, text);
                    break;
                case byte[] bytes:
                    Bind(i + 1, bytes);
                    break;
                default:
                    Bind(i + 1, (string?)null);
                    break;
            }
        }
    }

    public void Bind(int place, long? number) =>
        Require(
            number is { } value
                ? raw.sqlite3_bind_int64(statement, places[place - 1], value)
                : raw.sqlite3_bind_null(statement, places[place - 1])
        );

    public void Bind(int place, string? text) =>
        Require(
            text is null
                ? raw.sqlite3_bind_null(statement, places[place - 1])
                : raw.sqlite3_bind_text(statement, places[place - 1], text)
        );

    public void Bind(int place, byte[]? bytes) =>
        Require(
            bytes is null
                ? raw.sqlite3_bind_null(statement, places[place - 1])
                : raw.sqlite3_bind_blob(statement, places[place - 1], bytes)
        );

    public void Bind(int place, Guid? id)
    {
        if (id is not { } value)
        {
            Bind(place, (byte[]?)null);
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Require(raw.sqlite3_bind_blob(statement, places[place - 1], bytes));
    }

    /// <summary>On to the next row; false when there is none.</summary>
    public bool Step() =>
        raw.sqlite3_step(statement) switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            var failed => throw Failure(failed),
        };

    /// <summary>Steps to the end; answers how many rows it changed.</summary>
    public int Run()
    {
        while (Step()) { }

        return raw.sqlite3_changes(connection);
    }

    /// <summary>Lets go of what it holds. What went wrong with the last step was told then.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement);

    public override bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public override long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public override string Text(int column)
    {
        var utf8 = raw.sqlite3_column_blob(statement, column);
        ref var last = ref lastTexts[column];
        return last is not null && Ascii.Equals(utf8, last) ? last : last = Encoding.UTF8.GetString(utf8);
    }

    public override byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public override Guid Id(int column) => new(raw.sqlite3_column_blob(statement, column), bigEndian: true);

    public void Dispose() => statement.Dispose();

    private int LargestName() =>
        Enumerable
            .Range(1, raw.sqlite3_bind_parameter_count(statement))
            .Max(place =>
                (int?)
                    int.Parse(
                        raw.sqlite3_bind_parameter_name(statement, place).utf8_to_string().AsSpan(1),
                        CultureInfo.InvariantCulture
                    )
            )
        ?? 0;

    private void Require(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }
    }

    private SqliteException Failure(int result) =>
        new(
            $"SQLite answered {result}: {raw.sqlite3_errmsg(connection).utf8_to_string()}",
            result,
            raw.sqlite3_extended_errcode(connection)
        );
}
