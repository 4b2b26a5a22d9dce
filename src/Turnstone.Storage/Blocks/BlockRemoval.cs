using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Removes blocks whose time is over. First the chain says from where on it is kept; what is before is removed once a
/// signed checkpoint says the same, so nobody else can let a beginning disappear.
/// </summary>
internal static class BlockRemoval
{
    public static async Task AnnounceAsync(Db db, AuditChain chain, Guid before)
    {
        var head = (await ChainHead.HoldAsync(db)).Find(one => one.Chain == chain)!;
        var over = (await Block.FirstOnesAsync(db, chain, head.First))
            .TakeWhile(block => block.Highest.CompareTo(before) < 0)
            .LastOrDefault();
        if (over is not null)
        {
            await db.ExecuteAsync(
                "UPDATE audit_chains SET first = $2, base = $3 WHERE chain = $1",
                (int)chain,
                over.Next,
                over.Hash
            );
        }
    }

    /// <summary>Whole blocks, until so many entries are gone; answers how many.</summary>
    public static async Task<int> RemoveAsync(Db db, ChainPoint signed, int limit)
    {
        var head = (await ChainHead.HoldAsync(db)).Find(one => one.Chain == signed.Chain)!;
        var removed = 0;
        List<Block> blocks =
        [
            .. (await Block.FirstOnesAsync(db, signed.Chain, 0)).TakeWhile(block =>
                block.Next <= signed.First && (removed += block.Size) - block.Size < limit
            ),
        ];
        if (blocks.Count == 0)
        {
            return 0;
        }

        await Block.DeleteAsync(db, signed.Chain, blocks.ConvertAll(block => block.First));
        if (head.Indexed < blocks[^1].Next)
        {
            await db.ExecuteAsync(
                "UPDATE audit_chains SET indexed = $2 WHERE chain = $1",
                (int)signed.Chain,
                blocks[^1].Next
            );
        }

        await BlockIndex.RemoveBeforeAsync(db, signed.Chain, blocks[^1].Next);
        return blocks.Sum(block => block.Size);
    }
}
