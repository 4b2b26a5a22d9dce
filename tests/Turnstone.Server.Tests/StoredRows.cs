using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Turnstone.Server.Tests;

/// <summary>Everything that stands in a store's tables, as one text to search.</summary>
internal static class StoredRows
{
    /// <param name="database">The connection string of either engine.</param>
    public static async Task<string> ReadAsync(string database)
    {
        var cancel = TestContext.Current.CancellationToken;
        var onPostgres = database.StartsWith("Host=", StringComparison.Ordinal);
        await using DbConnection connection = onPostgres
            ? new NpgsqlConnection(database)
            : new SqliteConnection($"{database};Pooling=False");
        await connection.OpenAsync(cancel);
        var tables = await ListAsync(
            connection,
            onPostgres
                ? "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                : "SELECT name FROM sqlite_master WHERE type = 'table'"
        );
        Assert.Contains("accounts", tables);
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (var cell in await ListAsync(connection, $"SELECT * FROM \"{table}\""))
            {
                text.Append(table).Append(": ").AppendLine(cell);
            }
        }

        return text.ToString();
    }

    private static async Task<List<string>> ListAsync(DbConnection connection, string sql)
    {
        var cancel = TestContext.Current.CancellationToken;
        List<string> cells = [];
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the names are those of the store's own tables
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            for (var column = 0; column < reader.FieldCount; column++)
            {
                cells.Add(
                    reader.GetValue(column) is byte[] bytes
                        ? Encoding.Latin1.GetString(bytes)
                        : $"{reader.GetValue(column)}"
                );
            }
        }

        return cells;
    }
}
