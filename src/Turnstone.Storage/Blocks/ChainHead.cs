using System.Security.Cryptography;
using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>How far a chain is.</summary>
/// <param name="Chain">Which one.</param>
/// <param name="First">The number of the first entry that is kept.</param>
/// <param name="Base">The hash of what was before it.</param>
/// <param name="Next">The number of the next entry.</param>
/// <param name="Hash">The hash of what is before that.</param>
/// <param name="Highest">The highest id of all entries.</param>
/// <param name="Indexed">Entries below this number can be found by the index.</param>
internal sealed record ChainHead(
    AuditChain Chain,
    long First,
    byte[] Base,
    long Next,
    byte[] Hash,
    Guid Highest,
    long Indexed
)
{
    private const string Columns = "chain, first, base, next, hash, highest, indexed";

    public static Task<List<ChainHead>> ReadAsync(Db db) =>
        db.ListAsync($"SELECT {Columns} FROM audit_chains ORDER BY chain", Read);

    /// <summary>The same for whoever is going to change them: others wait until he is done.</summary>
    public static Task<List<ChainHead>> HoldAsync(Db db) =>
        db.ListAsync($"SELECT {Columns} FROM audit_chains ORDER BY chain {db.ForUpdate}", Read);

    /// <summary>Moves the end of a chain behind a block.</summary>
    public static Task MoveAsync(Db db, Block last) =>
        db.ExecuteAsync(
            "UPDATE audit_chains SET next = $2, hash = $3, highest = $4 WHERE chain = $1",
            (int)last.Chain,
            last.Next,
            last.Hash,
            last.Highest
        );

    private static ChainHead Read(Row row) =>
        new(
            (AuditChain)row.Number(0),
            row.Number(1),
            row.MaybeBytes(2) ?? new byte[SHA256.HashSizeInBytes],
            row.Number(3),
            row.MaybeBytes(4) ?? new byte[SHA256.HashSizeInBytes],
            row.MaybeId(5) ?? Guid.Empty,
            row.Number(6)
        );
}
