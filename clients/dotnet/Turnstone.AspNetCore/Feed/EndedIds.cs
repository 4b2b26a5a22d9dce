using System.Buffers.Text;

namespace Turnstone.AspNetCore.Feed;

/// <summary>
/// Ids of sessions or tokens that are refused, each until its last token is dead by itself: 28 bytes and a share of the
/// room to grow. In many small tables, so that one that grows is copied in no time.
/// </summary>
internal sealed class EndedIds
{
    private const int Tables = 64;

    private readonly Dictionary<Guid, uint>[] tables = [.. Enumerable.Range(0, Tables).Select(_ => new Table())];

    public int Count => tables.Sum(table => table.Count);

    /// <summary>An id as tokens and the feed write it: 16 bytes as base64url.</summary>
    public static bool TryParse(string? text, out Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (
            text is { Length: 22 }
            && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length)
            && length == bytes.Length
        )
        {
            id = new Guid(bytes);
            return true;
        }

        id = default;
        return false;
    }

    public void Add(Guid id, long until)
    {
        var table = TableOf(id);
        lock (table)
        {
            // The next size that there is, a fifth more: doubling would leave up to half of it empty.
            if (table.Count == table.Capacity)
            {
                table.EnsureCapacity((table.Capacity * 9 / 8) + 1);
            }

            var seconds = (uint)Math.Clamp(until, 0, uint.MaxValue);
            table[id] = Math.Max(table.GetValueOrDefault(id), seconds);
        }
    }

    public bool Contains(Guid id)
    {
        var table = TableOf(id);
        lock (table)
        {
            return table.ContainsKey(id);
        }
    }

    public void DropBefore(long now)
    {
        foreach (var table in tables)
        {
            lock (table)
            {
                foreach (var (id, until) in table)
                {
                    if (until < now)
                    {
                        table.Remove(id);
                    }
                }

                if (table.Capacity > 1024 && table.Count < table.Capacity / 4)
                {
                    table.TrimExcess();
                }
            }
        }
    }

    private Dictionary<Guid, uint> TableOf(Guid id) => tables[(uint)id.GetHashCode() % Tables];

    private sealed class Table : Dictionary<Guid, uint>;
}
