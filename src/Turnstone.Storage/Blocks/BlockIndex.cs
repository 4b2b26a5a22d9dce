using System.Buffers.Binary;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// The index of a chain: for each group of blocks, and each part of what can be looked for, in which of the blocks it
/// is. A group is written once, when its blocks change no more. It can be made again from the blocks.
/// </summary>
internal sealed class BlockIndex(Engine engine, BlockSizes sizes)
{
    /// <summary>The part that has the numbers of the group's blocks.</summary>
    private const int Numbers = Sought.Parts;

    /// <summary>Indexes the blocks of a chain that change no more.</summary>
    public async Task RunAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        while (await NextAsync(chain, cancellationToken) is { } group)
        {
            var parts = await engine.ReadAsync(db => PartsAsync(db, group), cancellationToken);
            await engine.WriteAsync(db => WriteAsync(db, group, parts), cancellationToken);
        }
    }

    /// <summary>The first entries of the blocks of these groups that have one of these things.</summary>
    public static async Task<HashSet<long>> FindAsync(
        Db db,
        AuditChain chain,
        IReadOnlyList<Sought> sought,
        IReadOnlyDictionary<long, long[]> groups
    )
    {
        HashSet<long> found = [];
        foreach (var part in sought.GroupBy(one => one.Part))
        {
            var rows = await db.ListAsync(
                "SELECT first, places FROM audit_found WHERE chain = $1 AND part = $2 AND first >= $3 AND first <= $4",
                row => (Group: row.Number(0), Places: row.Bytes(1)),
                (int)chain,
                part.Key,
                groups.Keys.Min(),
                groups.Keys.Max()
            );
            foreach (var (group, places) in rows)
            {
                if (groups.TryGetValue(group, out var firsts))
                {
                    found.UnionWith(part.SelectMany(one => one.Blocks(places)).Select(i => firsts[i]));
                }
            }
        }

        return found;
    }

    /// <summary>The newest groups before a number, with the first entries of their blocks.</summary>
    public static async Task<Dictionary<long, long[]>> GroupsAsync(Db db, AuditChain chain, long before, int limit) =>
        (
            await db.ListAsync(
                "SELECT first, places FROM audit_found WHERE chain = $1 AND part = $2 AND first < $3 "
                    + "ORDER BY first DESC LIMIT $4",
                row => (Group: row.Number(0), Numbers: row.Bytes(1)),
                (int)chain,
                Numbers,
                before,
                limit
            )
        ).ToDictionary(row => row.Group, row => ReadNumbers(row.Numbers));

    /// <summary>Removes the groups of which no block is left.</summary>
    public static async Task RemoveBeforeAsync(Db db, AuditChain chain, long first)
    {
        var gone = await db.ListAsync(
            "SELECT first FROM audit_found WHERE chain = $1 AND part = $2 AND first < $3 ORDER BY first DESC",
            row => row.Number(0),
            (int)chain,
            Numbers,
            first
        );

        // The newest of them has the block that is now the first, or none.
        foreach (var group in gone.Skip(1))
        {
            await db.ExecuteManyAsync(
                "DELETE FROM audit_found WHERE chain = $1 AND part = $2 AND first = $3",
                [.. Enumerable.Range(0, Sought.Parts + 1).Select(part => new object?[] { (int)chain, part, group })]
            );
        }
    }

    // Small ones before a full one were merged, or have nobody to be merged with.
    private async Task<List<Block>?> NextAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        var blocks = await engine.ReadAsync(
            async db =>
                await Block.FromAsync(
                    db,
                    chain,
                    (await ChainHead.ReadAsync(db)).Find(head => head.Chain == chain)!.Indexed
                ),
            cancellationToken
        );
        var done = blocks.FindLastIndex(sizes.IsFull) + 1;
        return done >= sizes.Group ? blocks[..sizes.Group] : null;
    }

    private static async Task<List<(int Part, byte[] Places)>> PartsAsync(Db db, List<Block> group)
    {
        var agents = await AgentNumbers.ReadAsync(db);
        var places = new HashSet<uint>[Sought.Parts];
        for (var i = 0; i < group.Count; i++)
        {
            foreach (var sought in await SoughtAsync(db, group[i], agents))
            {
                (places[sought.Part] ??= []).Add(sought.Place(i));
            }
        }

        return
        [
            .. places
                .Select((part, i) => (Part: i, Places: part))
                .Where(part => part.Places is not null)
                .Select(part => (part.Part, Sought.Write(part.Places))),
            (Numbers, WriteNumbers(group)),
        ];
    }

    private static async Task<HashSet<Sought>> SoughtAsync(Db db, Block block, AgentNumbers agents)
    {
        var (_, contents) = (await Block.ContentsAsync(db, [block]))[0];
        List<SealedEntry> entries = [.. BlockFormat.Read(contents, block.Size)];
        List<Guid> accounts = [.. entries.SelectMany(EntryCover.PersonsOf).Distinct()];
        var cover = new EntryCover(await Persons.ReadAsync(db, accounts), agents, RandomSource.System);
        return
        [
            .. Sought.Of(entries),
            .. entries
                .Where(entry => entry.Kind.Actor is null)
                .Select(cover.NetworkOf)
                .Distinct()
                .Select(Sought.Network),
        ];
    }

    private static async Task WriteAsync(Db db, List<Block> group, List<(int Part, byte[] Places)> parts)
    {
        var moved = await db.ExecuteAsync(
            "UPDATE audit_chains SET indexed = $3 WHERE chain = $1 AND indexed = $2",
            (int)group[0].Chain,
            group[0].First,
            group[^1].Next
        );
        if (moved == 1)
        {
            await db.ExecuteManyAsync(
                "INSERT INTO audit_found (chain, part, first, places) VALUES ($1, $2, $3, $4)",
                parts.ConvertAll(part => new object?[] { (int)group[0].Chain, part.Part, group[0].First, part.Places })
            );
        }
    }

    private static byte[] WriteNumbers(List<Block> group)
    {
        var bytes = new byte[8 * group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8 * i), group[i].First);
        }

        return bytes;
    }

    private static long[] ReadNumbers(byte[] bytes) =>
        [
            .. Enumerable
                .Range(0, bytes.Length / 8)
                .Select(i => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8 * i))),
        ];
}
