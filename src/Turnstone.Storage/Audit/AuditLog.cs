using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

internal sealed class AuditLog(Engine engine, IssueRecord issues) : IAuditLog
{
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => AuditRow.AppendAsync(db, entry), cancellationToken);

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

        await issues.FlushAsync(cancellationToken);
        var values = new Placed();
        var account = query.AccountId is { } id ? $" AND account_id = {values.Place(id)}" : "";
        var common = Common(query, values);
        var limit = values.Place(query.Limit);

        // Each owner's newest come out of that owner's own index; the newest of those are the newest of all.
        string[] owners =
        [
            account,
            .. query.OwnedClients.Select(client => $" AND client_id = {values.Place(client)}{Others(account)}"),
        ];
        var newest = string.Join(
            " UNION ALL ",
            owners.Select(owner =>
                $"SELECT * FROM (SELECT {AuditRow.Columns} FROM audit WHERE {common}{owner} ORDER BY id DESC "
                + $"LIMIT {limit}) AS one"
            )
        );
        var sql = $"SELECT {AuditRow.Columns} FROM ({newest}) AS every ORDER BY id DESC LIMIT {limit}";
        return await engine.ReadAsync<IReadOnlyList<AuditEntry>>(
            async db => await db.ListAsync(sql, AuditRow.Read, values.ToArray()),
            cancellationToken
        );
    }

    private static string Common(AuditQuery query, Placed values)
    {
        List<string> conditions = [$"id >= {values.Place(Value.LowestId(query.Since ?? DateTimeOffset.UnixEpoch))}"];
        Narrow("at", ">=", query.Since);
        Narrow("client_id", "=", query.ClientId);
        Narrow("event", "=", query.Event);
        Narrow("actor_id", "=", query.ActorId);
        Narrow("at", "<", query.Until);
        Narrow("id", "<", query.Before);
        if (query.Events.Count > 0)
        {
            conditions.Add($"event IN ({string.Join(", ", query.Events.Select(what => values.Place(what)))})");
        }

        if (query.Refused is { } refused)
        {
            conditions.Add(refused ? "refused IS NOT NULL" : "refused IS NULL");
        }

        return string.Join(" AND ", conditions);

        void Narrow(string column, string relation, object? value)
        {
            if (value is not null)
            {
                conditions.Add($"{column} {relation} {values.Place(value)}");
            }
        }
    }

    // What the account did at a client of its own is among its own entries already.
    private static string Others(string account) =>
        account.Length == 0 ? "" : $" AND (account_id IS NULL OR NOT ({account[" AND ".Length..]}))";

    // The order of the primary key is the order of time: the oldest are found without an index on the time.
    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < $1 ORDER BY id LIMIT $2)",
                    Value.LowestId(before),
                    limit
                ),
            cancellationToken
        );

    /// <summary>The values of a statement, each under the number by which it is named.</summary>
    private sealed class Placed
    {
        private readonly List<object?> values = [];

        public string Place(object? value)
        {
            values.Add(value);
            return $"${values.Count}";
        }

        public object?[] ToArray() => [.. values];
    }
}
