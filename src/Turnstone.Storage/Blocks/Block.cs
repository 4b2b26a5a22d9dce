using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>What is known of a block without its contents.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="First">The number of its first entry.</param>
/// <param name="Size">How many it has.</param>
/// <param name="Level">How often it was made of smaller ones.</param>
/// <param name="Lowest">The lowest id in it.</param>
/// <param name="Highest">The highest id in it and in all before it.</param>
/// <param name="Hash">The chain's hash after its last entry.</param>
internal sealed record Block(AuditChain Chain, long First, int Size, int Level, Guid Lowest, Guid Highest, byte[] Hash)
{
    public const string Columns = "b.chain, b.first, b.size, b.level, b.lowest, b.highest, b.hash";

    private const int ColumnCount = 7;

    private const string WithContents =
        $"SELECT {Columns}, c.contents FROM audit_blocks b "
        + "JOIN audit_contents c ON c.chain = b.chain AND c.first = b.first";

    public long Next => First + Size;

    public static Block Read(Row row) =>
        new(
            (AuditChain)row.Number(0),
            row.Number(1),
            (int)row.Number(2),
            (int)row.Number(3),
            row.Id(4),
            row.Id(5),
            row.Bytes(6)
        );

    /// <summary>Those from a number on, in their order.</summary>
    public static Task<List<Block>> FromAsync(Db db, AuditChain chain, long first) =>
        db.ListAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE b.chain = $1 AND b.first >= $2 ORDER BY b.first",
            Read,
            (int)chain,
            first
        );

    /// <summary>A few from a number on.</summary>
    public static Task<List<Block>> FirstOnesAsync(Db db, AuditChain chain, long first) =>
        db.ListAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE b.chain = $1 AND b.first >= $2 ORDER BY b.first LIMIT 64",
            Read,
            (int)chain,
            first
        );

    /// <summary>A few with their contents, from a number on and before another, in their order.</summary>
    public static Task<List<(Block Block, byte[] Contents)>> WithContentsAsync(
        Db db,
        AuditChain chain,
        long first,
        long until
    ) =>
        db.ListAsync(
            $"{WithContents} WHERE b.chain = $1 AND b.first >= $2 AND b.first < $3 ORDER BY b.first LIMIT 64",
            row => (Read(row), row.Bytes(ColumnCount)),
            (int)chain,
            first,
            until
        );

    /// <summary>The last before a number; null if none is kept.</summary>
    public static Task<Block?> BeforeAsync(Db db, AuditChain chain, long number) =>
        db.FirstAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE b.chain = $1 AND b.first < $2 ORDER BY b.first DESC LIMIT 1",
            Read,
            (int)chain,
            number
        );

    public static Task<Block?> LastAsync(Db db, AuditChain chain) => BeforeAsync(db, chain, long.MaxValue);

    /// <summary>A few, the first of which has the entry of this number.</summary>
    public static Task<List<Block>> WithNumberAsync(Db db, AuditChain chain, long number) =>
        db.ListAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE b.chain = $1 AND b.first + b.size > $2 AND b.first >= "
                + "COALESCE((SELECT MAX(first) FROM audit_blocks WHERE chain = $1 AND first <= $2), 0) "
                + "ORDER BY b.first LIMIT 16",
            Read,
            (int)chain,
            number
        );

    public static Task<List<Block>> BetweenAsync(Db db, AuditChain chain, long first, long last) =>
        db.ListAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE b.chain = $1 AND b.first >= $2 AND b.first <= $3",
            Read,
            (int)chain,
            first,
            last
        );

    public static Task<List<Block>> OfAsync(Db db, AuditChain chain, IReadOnlyCollection<long> firsts) =>
        db.ListOfAsync(
            $"SELECT {Columns} FROM audit_blocks b WHERE {db.OneOf("b.first")} AND b.chain = $2",
            Read,
            firsts,
            (int)chain
        );

    /// <summary>
    /// These blocks of one chain with their contents; for one that was merged since, what has its entries now.
    /// </summary>
    public static async Task<List<(Block Block, byte[] Contents)>> ContentsAsync(Db db, IReadOnlyList<Block> blocks)
    {
        var found = await db.ListOfAsync(
            $"{WithContents} WHERE {db.OneOf("b.first")} AND b.chain = $2",
            row => (Block: Read(row), Contents: row.Bytes(ColumnCount)),
            [.. blocks.Select(block => block.First)],
            (int)blocks[0].Chain
        );
        foreach (var merged in blocks.ExceptBy(found.Select(one => one.Block.First), block => block.First))
        {
            found.AddRange(
                await db.ListAsync(
                    $"{WithContents} WHERE b.chain = $1 AND b.first + b.size > $2 AND b.first < $3",
                    row => (Read(row), row.Bytes(ColumnCount)),
                    (int)merged.Chain,
                    merged.First,
                    merged.Next
                )
            );
        }

        return [.. found.DistinctBy(one => one.Block.First)];
    }

    public static async Task InsertAsync(Db db, Block block, byte[] contents)
    {
        await db.ExecuteAsync(
            "INSERT INTO audit_blocks (chain, first, size, level, lowest, highest, hash) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            (int)block.Chain,
            block.First,
            block.Size,
            block.Level,
            block.Lowest,
            block.Highest,
            block.Hash
        );
        await db.ExecuteAsync(
            "INSERT INTO audit_contents (chain, first, contents) VALUES ($1, $2, $3)",
            (int)block.Chain,
            block.First,
            contents
        );
    }

    /// <summary>Answers how many of these were there.</summary>
    public static async Task<int> DeleteAsync(Db db, AuditChain chain, IReadOnlyCollection<long> firsts)
    {
        var keys = firsts.Select(first => new object?[] { (int)chain, first }).ToList();
        await db.ExecuteManyAsync("DELETE FROM audit_contents WHERE chain = $1 AND first = $2", keys);
        return await db.ExecuteManyAsync("DELETE FROM audit_blocks WHERE chain = $1 AND first = $2", keys);
    }
}
