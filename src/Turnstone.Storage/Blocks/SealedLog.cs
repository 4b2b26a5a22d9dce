using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Blocks;

internal sealed class SealedLog(Engine engine, RandomSource random, TimeProvider time, BlockSizes sizes) : ISealedLog
{
    private readonly BlockSealing sealing = new(engine, random, time, sizes);
    private readonly BlockMerge merge = new(engine, sizes);
    private readonly BlockIndex index = new(engine, sizes);

    public async Task<bool> SealAsync(CancellationToken cancellationToken)
    {
        await using var lead = await engine.TryLeadAsync(cancellationToken, LeadIn.Sealing);
        if (lead is null || !await sealing.HasBegunAsync(cancellationToken))
        {
            return false;
        }

        await sealing.SealAsync(cancellationToken);
        foreach (var chain in AuditChains.All)
        {
            await merge.RunAsync(chain, cancellationToken);
            await index.RunAsync(chain, cancellationToken);
        }

        return true;
    }

    public async Task<AuditState> StateAsync(CancellationToken cancellationToken)
    {
        var (heads, agents) = await engine.ReadAsync(
            async db => (await ChainHead.ReadAsync(db), await AgentNumbers.ReadAsync(db)),
            cancellationToken
        );
        return new AuditState(
            heads.ConvertAll(head => new ChainPoint(head.Chain, head.First, head.Base, head.Next, head.Hash)),
            agents.Count,
            agents.Hash(agents.Count)
        );
    }

    public async Task<AuditState> SettleAsync(CancellationToken cancellationToken)
    {
        await engine.WriteAsync(
            async db =>
            {
                foreach (var head in await ChainHead.HoldAsync(db))
                {
                    if (await Block.LastAsync(db, head.Chain) is { } last)
                    {
                        await ChainHead.MoveAsync(db, last);
                        await db.ExecuteAsync(
                            "UPDATE audit_chains SET indexed = next WHERE chain = $1 AND indexed > next",
                            (int)head.Chain
                        );
                    }
                }
            },
            cancellationToken
        );
        return await StateAsync(cancellationToken);
    }

    public async Task<AuditAdvance> AdvanceAsync(
        AuditState from,
        Func<AuditChain, DateTimeOffset> before,
        CancellationToken cancellationToken
    )
    {
        // What another node merges meanwhile looks like a fault; a fault is there the second time too.
        var found = await new BlockAdvance(engine, from).RunAsync(before, cancellationToken);
        return found.Faults.Count == 0
            ? found
            : await new BlockAdvance(engine, from).RunAsync(before, cancellationToken);
    }

    public Task<AuditCheckpoint?> CheckpointAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(Checkpoints.ReadAsync, cancellationToken);

    public Task<bool> SaveAsync(
        AuditCheckpoint checkpoint,
        AuditCheckpoint before,
        CancellationToken cancellationToken
    ) => engine.WriteAsync(db => Checkpoints.SaveAsync(db, checkpoint, before), cancellationToken);

    public Task PutAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => Checkpoints.PutAsync(db, checkpoint), cancellationToken);

    public Task<IReadOnlyList<AuditKeyRecord>> KeysAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<AuditKeyRecord>>(async db => await Checkpoints.KeysAsync(db), cancellationToken);

    public Task AddFirstKeyAsync(AuditKeyRecord key, AuditCheckpoint checkpoint, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => Checkpoints.AddFirstKeyAsync(db, key, checkpoint), cancellationToken);

    public Task SaveKeyAsync(AuditKeyRecord key, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db => db.ExecuteAsync("UPDATE audit_keys SET sealed = $2 WHERE kid = $1", key.Kid, key.Sealed),
            cancellationToken
        );

    public async Task<int> SweepAsync(
        AuditChain chain,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var signed = await CheckpointAsync(cancellationToken);
        var removed = AuditCheckpoint.Read(signed?.Text ?? "") is { } checkpoint
            ? await engine.WriteAsync(
                db => BlockRemoval.RemoveAsync(db, checkpoint.State.Chains.First(one => one.Chain == chain), limit),
                cancellationToken
            )
            : 0;
        await engine.WriteAsync(
            db => BlockRemoval.AnnounceAsync(db, chain, IndexIds.Lowest(before)),
            cancellationToken
        );
        return removed;
    }

    public Task<AuditInspection> InspectAsync(
        AuditState state,
        IReadOnlyList<AuditState> published,
        CancellationToken cancellationToken
    ) => new BlockInspection(engine).RunAsync(state, published, cancellationToken);

    public Task<IReadOnlyList<(long Number, AuditEntry Entry)>> FollowAsync(
        AuditChain chain,
        long from,
        CancellationToken cancellationToken
    ) => engine.ReadAsync(db => FollowAsync(db, chain, from), cancellationToken);

    private static async Task<IReadOnlyList<(long Number, AuditEntry Entry)>> FollowAsync(
        Db db,
        AuditChain chain,
        long from
    )
    {
        var agents = await AgentNumbers.ReadAsync(db);
        var blocks = await Block.WithNumberAsync(db, chain, from);
        if (blocks.Count == 0)
        {
            return [];
        }

        List<(long Number, SealedEntry Entry)> entries =
        [
            .. (await Block.ContentsAsync(db, blocks))
                .OrderBy(one => one.Block.First)
                .SelectMany(one =>
                    BlockFormat.Read(one.Contents, one.Block.Size).Select((entry, i) => (one.Block.First + i, entry))
                )
                .Where(one => one.Item1 >= from),
        ];
        List<Guid> accounts = [.. entries.SelectMany(one => EntryCover.PersonsOf(one.Entry)).Distinct()];
        var cover = new EntryCover(await Persons.ReadAsync(db, accounts), agents, RandomSource.System);
        return entries.ConvertAll(one => (one.Number, cover.Open(one.Entry)));
    }
}
