using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

internal sealed class AuditLog(Engine engine) : IAuditLog
{
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) => engine.WriteAsync(db => AuditRow.AppendAsync(db, entry), cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        List<string> conditions = ["id >= $1"];
        List<object?> values = [Value.LowestId(query.Since ?? DateTimeOffset.UnixEpoch)];
        Narrow("at", ">=", query.Since);
        Narrow("account_id", "=", query.AccountId);
        Narrow("client_id", "=", query.ClientId);
        Narrow("event", "=", query.Event);
        Narrow("actor_id", "=", query.ActorId);
        Narrow("at", "<", query.Until);
        Narrow("id", "<", query.Before);
        if (query.Refused is { } refused)
        {
            conditions.Add(refused ? "refused IS NOT NULL" : "refused IS NULL");
        }

        values.Add(query.Limit);

        var sql = $"SELECT {AuditRow.Columns} FROM audit WHERE {string.Join(" AND ", conditions)} ORDER BY id DESC LIMIT ${values.Count}";
        return engine.ReadAsync<IReadOnlyList<AuditEntry>>(async db => await db.ListAsync(sql, AuditRow.Read, [.. values]), cancellationToken);

        void Narrow(string column, string relation, object? value)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions.Add($"{column} {relation} ${values.Count}");
            }
        }
    }

    // The order of the primary key is the order of time: the oldest are found without an index on the time.
    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => engine.WriteAsync(
        db => db.ExecuteAsync("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < $1 ORDER BY id LIMIT $2)", Value.LowestId(before), limit),
        cancellationToken);
}
