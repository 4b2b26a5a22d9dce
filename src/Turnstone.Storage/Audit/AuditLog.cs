using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

internal sealed class AuditLog(Engine engine, SealedLog blocks, IssueRecord issues, RefusalRecord refusals) : IAuditLog
{
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => AuditRow.AppendAsync(db, entry), cancellationToken);

    public Task AppendRefusalAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        refusals.AppendAsync(entry, cancellationToken);

    public void NoteIssue(AuditEntry entry) => issues.Note(entry);

    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        if (query.AccountId is null && query.OwnedClients.Count > 0)
        {
            throw new ArgumentException(
                "Owned clients need an owner: without one the answer would be everybody's.",
                nameof(query)
            );
        }

        var ((stored, counted), issued) = await issues.ReadAsync(() =>
            refusals.ReadAsync(() => engine.ReadAsync(db => StoredAsync(db, query), cancellationToken))
        );
        return AuditSearch.Newest(
            stored.Concat(counted.Concat(issued).Where(entry => AuditSearch.Matches(query, entry))),
            query.Limit
        );
    }

    // What waits first: an entry that is sealed in between is found in both places, and never in none.
    private static async Task<IEnumerable<AuditEntry>> StoredAsync(Db db, AuditQuery query)
    {
        var waiting = await AuditSearch.ReadAsync(db, query);
        return waiting.Concat(await BlockSearch.ReadAsync(db, query)).DistinctBy(entry => entry.Id);
    }

    // What waits is removed only where nothing is sealed yet.
    public async Task<int> SweepAsync(
        AuditChain chain,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        chain is not AuditChain.Acts
            ? await blocks.SweepAsync(chain, before, limit, cancellationToken)
            : await blocks.SweepAsync(chain, before, limit, cancellationToken)
                + await engine.WriteAsync(
                    db =>
                        db.ExecuteAsync(
                            "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < $1 ORDER BY id LIMIT $2)",
                            Value.LowestId(before),
                            limit
                        ),
                    cancellationToken
                );
}
