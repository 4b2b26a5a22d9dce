namespace Turnstone.Storage.Engines;

/// <summary>What a column holds of the three shapes of <see cref="Value"/>.</summary>
internal enum Shape
{
    Number,
    Text,
    Bytes,
}

/// <summary>A table into which rows are written, many at a time: its columns in their order.</summary>
internal sealed class Insertion
{
    // What an array's elements are called, by their shape: only PostgreSQL has arrays.
    private static readonly string[] Words = ["bigint", "text", "bytea"];

    public Insertion(string table, params (string Name, Shape Shape)[] columns)
    {
        Shapes = [.. columns.Select(column => column.Shape)];
        Columns = string.Join(", ", columns.Select(column => column.Name));
        OfOne = $"INSERT INTO {table} ({Columns}) VALUES ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})";
        OfAll =
            $"INSERT INTO {table} ({Columns}) SELECT * FROM "
            + $"unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{Words[(int)column.Shape]}[]"))})";
    }

    public IReadOnlyList<Shape> Shapes { get; }

    public string Columns { get; }

    /// <summary>The statement for one row.</summary>
    public string OfOne { get; }

    /// <summary>The statement for all rows at once, each column an array.</summary>
    public string OfAll { get; }
}
