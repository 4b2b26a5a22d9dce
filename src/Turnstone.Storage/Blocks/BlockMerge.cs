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
                        (await ChainHead.ReadAsync(db)).Find(head => head.Chain == chain)!.Indexed
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

    // Two that are not full fit always.
    private List<Block> Fitting(List<Block> blocks)
    {
        var size = 0;
        return [.. blocks.TakeWhile(block => (size += block.Size) <= sizes.Most)];
    }

    private Task MergeAsync(List<Block> blocks, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                var heads = await ChainHead.HoldAsync(db);
                var chain = blocks[0].Chain;
                List<long> firsts = blocks.ConvertAll(block => block.First);
                var found = (await Block.ContentsAsync(db, blocks)).OrderBy(one => one.Block.First).ToList();
                if (
                    heads.Find(head => head.Chain == chain)!.Indexed > firsts[0]
                    || !found
                        .Select(one => (one.Block.First, one.Block.Size))
                        .SequenceEqual(blocks.Select(block => (block.First, block.Size)))
                )
                {
                    // Another process has merged them, or indexed or removed them.
                    return;
                }

                List<SealedEntry> entries =
                [
                    .. found.SelectMany(one => BlockFormat.Read(one.Contents, one.Block.Size)),
                ];
                await Block.DeleteAsync(db, chain, firsts);
                await Block.InsertAsync(
                    db,
                    blocks[^1] with
                    {
                        First = firsts[0],
                        Size = entries.Count,
                        Level = blocks.Max(block => block.Level) + 1,
                        Lowest = blocks.Min(block => block.Lowest),
                    },
                    BlockFormat.Write(entries)
                );
            },
            cancellationToken
        );
}
