using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Audit;

/// <summary>The ids of the entries that an account has, in their order.</summary>
internal static class AuditEntries
{
    /// <summary>The next ones after an id, and before another.</summary>
    public static async Task<List<Guid>> OfAccountAsync(Db db, Guid account, Guid after, Guid before, int limit)
    {
        var state = await IndexSource.Audit.StateAsync(db);
        var position = state.Complete ? state.Position : Guid.Empty;
        var ids = await db.ListAsync(
            "SELECT id FROM audit WHERE account_id = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4",
            row => row.Id(0),
            account,
            after > position ? after : position,
            before,
            limit
        );
        if (state.Complete)
        {
            ids.AddRange(await IndexReader.AllAsync(db, IndexSource.Audit, account, after, before));
        }

        return [.. ids.Where(id => id > after).Distinct().Order().Take(limit)];
    }
}
