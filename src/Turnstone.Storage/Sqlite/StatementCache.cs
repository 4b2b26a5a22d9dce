using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// The statements that a connection has prepared, by their text. Each costs some 8 kB of SQLite's memory, a long one
/// hundreds: so the one that was not used for the longest time goes when there are too many.
/// </summary>
internal sealed class StatementCache : IDisposable
{
    // More than a busy writer uses in turn, or it would prepare anew at each commit: there are some 100 fixed texts.
    private const int Most = 128;

    private readonly Dictionary<string, LinkedListNode<(string Sql, SqliteStatement Statement)>> byText = new(
        StringComparer.Ordinal
    );

    // The last used stands first.
    private readonly LinkedList<(string Sql, SqliteStatement Statement)> byUse = new();

    public int Count => byText.Count;

    public bool TryGet(string sql, [NotNullWhen(true)] out SqliteStatement? statement)
    {
        statement = null;
        if (byText.TryGetValue(sql, out var node))
        {
            statement = node.Value.Statement;
            if (node != byUse.First)
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }
        }

        return statement is not null;
    }

    public void Add(string sql, SqliteStatement statement)
    {
        byText.Add(sql, byUse.AddFirst((sql, statement)));
        if (byText.Count > Most)
        {
            var (oldest, unused) = byUse.Last!.Value;
            byUse.RemoveLast();
            byText.Remove(oldest);
            unused.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var (_, statement) in byUse)
        {
            statement.Dispose();
        }
    }
}
