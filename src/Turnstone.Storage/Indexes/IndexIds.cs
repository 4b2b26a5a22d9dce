using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>Ids as the runs hold them: one after the other, in their order.</summary>
internal static class IndexIds
{
    private const int Length = 16;

    public static Guid Highest { get; } = new([.. Enumerable.Repeat(byte.MaxValue, Length)], bigEndian: true);

    /// <summary>The smallest id made at or after a moment.</summary>
    public static Guid Lowest(DateTimeOffset time) => new(Value.LowestId(time), bigEndian: true);

    public static byte[] Write(IReadOnlyList<(Guid Holder, Guid Id)> entries)
    {
        var bytes = new byte[entries.Count * Length];
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Id.TryWriteBytes(bytes.AsSpan(i * Length), bigEndian: true, out _);
        }

        return bytes;
    }

    public static IEnumerable<Guid> Read(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i += Length)
        {
            yield return new Guid(bytes.AsSpan(i, Length), bigEndian: true);
        }
    }
}
