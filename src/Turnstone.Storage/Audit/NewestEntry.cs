using Turnstone.Storage.Blocks;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>About the moment that a store is from: when something was last recorded in it.</summary>
internal static class NewestEntry
{
    public static async Task<DateTimeOffset?> ReadAsync(Db db)
    {
        var waiting = await db.ListAsync("SELECT at FROM audit ORDER BY id DESC LIMIT 1", row => row.Time(0));
        var sealedUpTo = (await ChainHead.ReadAsync(db)).Max(head => head.Highest);
        DateTimeOffset? newest = sealedUpTo == Guid.Empty ? null : Value.TimeOfId(sealedUpTo);
        return waiting is [var at] && !(at < newest) ? at : newest;
    }
}
