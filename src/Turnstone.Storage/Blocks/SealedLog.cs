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
    private (int Count, byte[] Hash)? agents;

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
        var (heads, count) = await engine.ReadAsync(
            async db => (await ChainHead.ReadAsync(db), (int)await db.NumberAsync("SELECT COUNT(*) FROM audit_agents")),
            cancellationToken
        );
        if (agents?.Count != count)
        {
            agents = (count, (await engine.ReadAsync(AgentNumbers.ReadAsync, cancellationToken)).Hash(count));
        }

        return new AuditState(
            heads.ConvertAll(head => new ChainPoint(head.Chain, head.First, head.Base, head.Next, head.Hash)),
            count,
            agents.Value.Hash
        );
    }

    public Task<AuditCheckpoint?> CheckpointAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(CheckpointAsync, cancellationToken);

    public Task SaveAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "INSERT INTO audit_checkpoints (number, text, kid, signature) VALUES (1, $1, $2, $3) "
                        + "ON CONFLICT (number) DO UPDATE SET text = excluded.text, kid = excluded.kid, "
                        + "signature = excluded.signature",
                    checkpoint.Text,
                    checkpoint.Kid,
                    checkpoint.Signature
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<AuditKeyRecord>> KeysAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<AuditKeyRecord>>(async db => await KeysAsync(db), cancellationToken);

    public Task AddFirstKeyAsync(AuditKeyRecord key, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await db.LockAsync("audit keys");
                if ((await KeysAsync(db)).Count == 0)
                {
                    await db.ExecuteAsync(
                        "INSERT INTO audit_keys (kid, sealed, made_at) VALUES ($1, $2, $3)",
                        key.Kid,
                        key.Sealed,
                        key.MadeAt
                    );
                }
            },
            cancellationToken
        );

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

    private static Task<AuditCheckpoint?> CheckpointAsync(Db db) =>
        db.FirstAsync(
            "SELECT text, kid, signature FROM audit_checkpoints",
            row => new AuditCheckpoint(row.Text(0), row.Text(1), row.Bytes(2))
        );

    private static Task<List<AuditKeyRecord>> KeysAsync(Db db) =>
        db.ListAsync(
            "SELECT kid, sealed, made_at FROM audit_keys ORDER BY made_at, kid",
            row => new AuditKeyRecord(row.Text(0), row.Bytes(1), row.Time(2))
        );
}
