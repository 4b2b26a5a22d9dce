namespace Turnstone.Storage.Engines;

/// <summary>A column, and its value in a row: of the four functions one is there.</summary>
internal readonly record struct Column<TRow>(string Name)
{
    public Func<TRow, long?>? Number { get; init; }

    public Func<TRow, string?>? Text { get; init; }

    public Func<TRow, byte[]?>? Bytes { get; init; }

    /// <summary>Sixteen bytes in the order of the text form.</summary>
    public Func<TRow, Guid?>? Id { get; init; }

    // What an array's elements are called: only PostgreSQL has arrays.
    public string ElementType =>
        Number is not null ? "bigint"
        : Text is not null ? "text"
        : "bytea";
}

/// <summary>A table into which rows are written, many at a time: its columns in their order.</summary>
internal sealed class Insertion<TRow>
{
    public Insertion(string table, params Column<TRow>[] columns)
    {
        All = columns;
        Columns = string.Join(", ", columns.Select(column => column.Name));
        OfOne = $"INSERT INTO {table} ({Columns}) VALUES ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})";
        OfAll =
            $"INSERT INTO {table} ({Columns}) SELECT * FROM "
            + $"unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.ElementType}[]"))})";
    }

    public IReadOnlyList<Column<TRow>> All { get; }

    /// <summary>Their names, as a statement lists them.</summary>
    public string Columns { get; }

    /// <summary>The statement for one row.</summary>
    public string OfOne { get; }

    /// <summary>The statement for all rows at once, each column an array.</summary>
    public string OfAll { get; }
}
