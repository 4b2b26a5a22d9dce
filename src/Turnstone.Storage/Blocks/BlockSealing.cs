using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Seals the entries that wait: puts them at the ends of their chains and takes them out of the table, in one commit.
/// One node at a time; a process that is killed before the commit has changed nothing.
/// </summary>
internal sealed class BlockSealing(Engine engine, RandomSource random, TimeProvider time, BlockSizes sizes)
{
    /// <summary>So many commits in a row, before what they sealed is merged, indexed and signed.</summary>
    private const int MostRounds = 50;

    /// <summary>The indexes of the table that blocks are searched without.</summary>
    private static readonly string[] Replaced =
    [
        "audit_of_account",
        "audit_of_api_key",
        "audit_of_client",
        "audit_by_event",
        "audit_of_actor",
    ];

    private readonly IndexReplacement replacement = new(
        engine,
        Replaced,
        version: 36,
        time
    );
    private readonly SharedAgents shared = new(engine);

    /// <summary>Whether no server is left that looks for entries in the table alone.</summary>
    public Task<bool> HasBegunAsync(CancellationToken cancellationToken) =>
        replacement.HasBegunAsync(cancellationToken);

    /// <summary>Seals what waits now.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            // The heads first: whoever seals after this moves them, and then nothing of what is read here is written.
            var (heads, waiting) = await engine.ReadAsync(
                async db => (await ChainHead.ReadAsync(db), await WaitingAsync(db)),
                cancellationToken
            );
            var done = waiting.Count == 0 || await SealAsync(heads, waiting, cancellationToken);
            if (waiting.Count < sizes.Sealed || !done)
            {
                await replacement.DropAsync(cancellationToken);
                return;
            }
        }
    }

    private Task<List<AuditEntry>> WaitingAsync(Db db) =>
        db.ListAsync($"SELECT {AuditRow.Columns} FROM audit ORDER BY id LIMIT $1", AuditRow.Read, sizes.Sealed);

    private async Task<bool> SealAsync(
        List<ChainHead> heads,
        List<AuditEntry> waiting,
        CancellationToken cancellationToken
    )
    {
        var agents = await shared.LearnAsync(waiting, cancellationToken);
        List<Guid> accounts = [.. waiting.SelectMany(EntryCover.PersonsOf).Distinct()];
        var persons = await PersonsAsync(accounts, cancellationToken);
        var cover = new EntryCover(persons, agents, random);
        List<SealedPart> parts =
        [
            .. waiting
                .GroupBy(entry => AuditChains.Of(entry.Event))
                .Select(part =>
                    SealedPart.Make(heads.Find(head => head.Chain == part.Key)!, [.. part.Select(cover.Seal)])
                ),
        ];
        return await engine.WriteAsync(
            db => WriteAsync(db, parts, [.. waiting.Select(entry => entry.Id!.Value)]),
            cancellationToken
        );
    }

    private async Task<Dictionary<Guid, PersonKey>> PersonsAsync(
        List<Guid> accounts,
        CancellationToken cancellationToken
    )
    {
        var known = await engine.ReadAsync(db => Persons.ReadAsync(db, accounts), cancellationToken);
        List<Guid> missing = accounts.FindAll(account => !known.ContainsKey(account));
        if (missing.Count == 0)
        {
            return known;
        }

        await engine.WriteAsync(db => Persons.MakeAsync(db, missing, random), cancellationToken);
        return await engine.ReadAsync(db => Persons.ReadAsync(db, accounts), cancellationToken);
    }

    // Nothing, if another process has sealed meanwhile, or if somebody has put a block where the next one goes.
    private static async Task<bool> WriteAsync(Db db, List<SealedPart> parts, List<Guid> ids)
    {
        var heads = await ChainHead.HoldAsync(db);
        foreach (var block in parts.Select(part => part.Block))
        {
            if (
                heads.Find(head => head.Chain == block.Chain)!.Next != block.First
                || (await Block.LastAsync(db, block.Chain))?.Next > block.First
            )
            {
                return false;
            }
        }

        foreach (var part in parts)
        {
            await ChainHead.MoveAsync(db, part.Block);
            await Block.InsertAsync(db, part.Block, part.Contents);
        }

        var removed = await db.ListOfAsync(
            $"DELETE FROM audit WHERE {db.OneOf("id")} RETURNING id",
            row => row.Id(0),
            ids
        );
        if (removed.Count != ids.Count)
        {
            throw new InvalidOperationException("An entry of the audit log was removed while it was being sealed.");
        }

        return true;
    }

    /// <summary>What one chain gets.</summary>
    private sealed record SealedPart(Block Block, byte[] Contents)
    {
        public static SealedPart Make(ChainHead head, List<SealedEntry> entries) =>
            new(
                new Block(
                    head.Chain,
                    head.Next,
                    entries.Count,
                    Level: 0,
                    entries.Min(entry => entry.Id),
                    Max(head.Highest, entries.Max(entry => entry.Id)),
                    entries.Aggregate(head.Hash, (hash, entry) => SealedEntry.Chain(hash, entry.Hash()))
                ),
                BlockFormat.Write(entries)
            );

        private static Guid Max(Guid one, Guid other) => one.CompareTo(other) > 0 ? one : other;
    }
}
