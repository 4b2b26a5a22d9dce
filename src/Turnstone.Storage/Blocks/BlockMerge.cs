using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Makes one block of neighbours that have few entries. The chain does not change by it: it goes from entry to entry.
/// </summary>
internal sealed class BlockMerge(Engine engine, BlockSizes sizes)
{
    /// <summary>Merges what is to be merged of a chain.</summary>
    public async Task RunAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        while (true)
        {
            var blocks = await engine.ReadAsync(
                async db =>
                    await Block.FromAsync(
                        db,
                        chain,
                        From((await ChainHead.ReadAsync(db)).Find(head => head.Chain == chain)!)
                    ),
                cancellationToken
            );
            if (Next(blocks) is not { Count: > 1 } next)
            {
                return;
            }

            await MergeAsync(next, cancellationToken);
        }
    }

    /// <summary>
    /// The first blocks that are to become one: enough of one level, or what stands between two full ones.
    /// </summary>
    private List<Block> Next(List<Block> blocks)
    {
        for (var first = 0; first < blocks.Count; first++)
        {
            List<Block> small = [.. blocks.Skip(first).TakeWhile(block => !sizes.IsFull(block))];
            var ends = first + small.Count < blocks.Count;
            List<Block> same = [.. small.TakeWhile(block => block.Level == small[0].Level)];
            if (same.Count >= sizes.Neighbours)
            {
                return Fitting(same[..sizes.Neighbours]);
            }

            if (ends && small.Count > 1)
            {
                return Fitting(small);
            }
        }

        return [];
    }

    // No block goes across the number from which on the chain is kept: checkpoints name it.
    private static long From(ChainHead head) => Math.Max(head.First, head.Indexed);

    // Two that are not full fit always.
    private List<Block> Fitting(List<Block> blocks)
    {
        var size = 0;
        return [.. blocks.TakeWhile(block => (size += block.Size) <= sizes.Most)];
    }

    // What is to be written is made before the transaction: on SQLite others wait for that.
    private async Task MergeAsync(List<Block> blocks, CancellationToken cancellationToken)
    {
        var found = await engine.ReadAsync(db => Block.ContentsAsync(db, blocks), cancellationToken);
        if (!Are(found.Select(one => one.Block), blocks))
        {
            return;
        }

        found.Sort((one, other) => one.Block.First.CompareTo(other.Block.First));
        List<SealedEntry> entries = [.. found.SelectMany(one => BlockFormat.Read(one.Contents, one.Block.Size))];
        var merged = blocks[^1] with
        {
            First = blocks[0].First,
            Size = entries.Count,
            Level = blocks.Max(block => block.Level) + 1,
            Lowest = blocks.Min(block => block.Lowest),
        };
        var contents = BlockFormat.Write(
            entries,
            found.SelectMany(one => BlockFormat.Hashes(one.Contents, one.Block.Size))
        );
        await engine.WriteAsync(db => ReplaceAsync(db, blocks, merged, contents), cancellationToken);
    }

    // Nothing, if another process has merged, indexed or removed them meanwhile.
    private static async Task ReplaceAsync(Db db, List<Block> blocks, Block merged, byte[] contents)
    {
        var head = (await ChainHead.HoldAsync(db)).Find(one => one.Chain == merged.Chain)!;
        var now = await Block.BetweenAsync(db, merged.Chain, merged.First, blocks[^1].First);
        if (From(head) <= merged.First && Are(now, blocks))
        {
            await Block.DeleteAsync(db, merged.Chain, blocks.ConvertAll(block => block.First));
            await Block.InsertAsync(db, merged, contents);
        }
    }

    private static bool Are(IEnumerable<Block> found, List<Block> blocks) =>
        found
            .OrderBy(block => block.First)
            .Select(block => (block.First, block.Size))
            .SequenceEqual(blocks.Select(block => (block.First, block.Size)));
}
