using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using Turnstone.AspNetCore.Feed;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>
/// A guard's memory for a million revocations, by what its tables have room for: the memory of this process is that of
/// every other test too. bench/nodes guards measures it in a process.
/// </summary>
public sealed class ManyRevocationsTests
{
    private const int Many = 1_000_000;

    // Of an entry: hash code and next (4 bytes each), the id (16), its end (4), and its place among the buckets (4).
    private const int BytesOfAnEntry = 32;

    [Fact]
    public void A_million_revocations_take_less_than_40_MB_and_nothing_once_they_matter_no_more()
    {
        var ids = new EndedIds();
        for (var i = 0; i < Many; i++)
        {
            ids.Add(Id(i), until: 1_000 + (i % 2));
        }

        Assert.Equal(Many, ids.Count);
        Assert.InRange(Room(ids), Many * BytesOfAnEntry, 40_000_000);
        Assert.True(ids.Contains(Id(0)));
        Assert.True(ids.Contains(Id(Many - 1)));
        Assert.False(ids.Contains(Id(Many)));

        ids.DropBefore(1_001);
        Assert.Equal(Many / 2, ids.Count);
        ids.DropBefore(1_002);
        Assert.Equal(0, ids.Count);
        Assert.InRange(Room(ids), 0, 100_000);
    }

    private static long Room(EndedIds ids)
    {
        var field = typeof(EndedIds).GetField("tables", BindingFlags.NonPublic | BindingFlags.Instance)!;
        return ((Dictionary<Guid, uint>[])field.GetValue(ids)!).Sum(table => (long)table.Capacity) * BytesOfAnEntry;
    }

    private static Guid Id(int number)
    {
        Span<byte> text = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(text, number);
        return new Guid(SHA256.HashData(text).AsSpan(0, 16));
    }
}
