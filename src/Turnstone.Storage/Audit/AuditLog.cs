using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Audit;

internal sealed class AuditLog(Engine engine, IssueRecord issues, RefusalRecord refusals) : IAuditLog
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
            refusals.ReadAsync(() => engine.ReadAsync(db => AuditSearch.ReadAsync(db, query), cancellationToken))
        );
        return AuditSearch.Newest(
            stored.Concat(counted.Concat(issued).Where(entry => AuditSearch.Matches(query, entry))),
            query.Limit
        );
    }

    // The order of the primary key is the order of time: the oldest are found without an index on the time.
    public async Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = await engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < $1 ORDER BY id LIMIT $2)",
                    Value.LowestId(before),
                    limit
                ),
            cancellationToken
        );
        if (removed < limit)
        {
            await IndexSweep.RemoveBeforeAsync(engine, IndexSource.Audit, IndexIds.Lowest(before), cancellationToken);
        }

        return removed;
    }
}
