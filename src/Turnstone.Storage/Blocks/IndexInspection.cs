using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Whether the index has what the blocks have: an entry that is not in it is there, and nobody finds it. Addresses
/// cannot be compared, because they stand under the keys of persons.
/// </summary>
internal sealed class IndexInspection(Engine engine, List<string> faults)
{
    public async Task RunAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        var head = (await engine.ReadAsync(ChainHead.ReadAsync, cancellationToken)).Find(one => one.Chain == chain)!;
        var seen = head.Indexed;
        for (var before = head.Indexed; ; )
        {
            var groups = await engine.ReadAsync(
                db => BlockIndex.GroupsAsync(db, chain, before, limit: 1),
                cancellationToken
            );
            if (groups.Count == 0)
            {
                break;
            }

            before = groups.Keys.Single();
            await InspectAsync(chain, before, groups[before], seen, cancellationToken);
            seen = before;
        }

        if (seen > head.First)
        {
            faults.Add($"The index lacks {BlockInspection.Name(chain, head.First, seen - 1)}.");
        }
    }

    private async Task InspectAsync(
        AuditChain chain,
        long group,
        long[] firsts,
        long end,
        CancellationToken cancellationToken
    )
    {
        var (blocks, parts) = await engine.ReadAsync(
            async db => (await Block.BetweenAsync(db, chain, group, end - 1), await PartsAsync(db, chain, group)),
            cancellationToken
        );
        foreach (var block in blocks.OrderBy(block => block.First))
        {
            var place = Array.IndexOf(firsts, block.First);
            var (_, contents) = (await engine.ReadAsync(db => Block.ContentsAsync(db, [block]), cancellationToken))[0];
            if (place < 0 || !Has(parts, block, contents, place))
            {
                faults.Add($"The index lacks what {BlockInspection.Name(chain, block.First, block.Next - 1)} has.");
            }
        }
    }

    private static bool Has(Dictionary<long, byte[]> parts, Block block, byte[] contents, int place)
    {
        try
        {
            return Sought
                .Of([.. BlockFormat.Read(contents, block.Size)])
                .All(one => parts.TryGetValue(one.Part, out var places) && one.Blocks(places).Contains(place));
        }
        catch (InvalidDataException)
        {
            // The walk along the chain has said so.
            return true;
        }
    }

    private static async Task<Dictionary<long, byte[]>> PartsAsync(Db db, AuditChain chain, long group) =>
        (
            await db.ListAsync(
                "SELECT part, places FROM audit_found WHERE chain = $1 AND first = $2",
                row => (Part: row.Number(0), Places: row.Bytes(1)),
                (int)chain,
                group
            )
        ).ToDictionary(row => row.Part, row => row.Places);
}
