using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// When runs, or sealed blocks, take the place of indexes. A server of the release before knows neither, and without
/// the indexes it reads whole tables: a store that was upgraded goes on as before for a day, so that none of them is
/// left by then.
/// </summary>
internal sealed class IndexReplacement(Engine engine, string[] replaced, long version, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(1);

    private bool begun;
    private bool dropped;
    private DateTimeOffset tried = DateTimeOffset.MinValue;

    /// <summary>Whether a day has passed since the migration, or the store was new then.</summary>
    public async Task<bool> HasBegunAsync(CancellationToken cancellationToken) =>
        begun = begun || await engine.ReadAsync(db => IsAllowedAsync(db, time.GetUtcNow()), cancellationToken);

    /// <summary>Takes the indexes away; what stands in their place is complete.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (dropped || now - tried < BetweenTries)
        {
            return;
        }

        tried = now;
        foreach (var index in replaced)
        {
            if (!await engine.DropIndexAsync(index, cancellationToken))
            {
                return;
            }
        }

        dropped = true;
    }

    // All migrations of one call have its time: a store that was new then has never had an older server.
    private async Task<bool> IsAllowedAsync(Db db, DateTimeOffset now)
    {
        var applied = await db.ListAsync(
            "SELECT applied_at FROM schema_versions WHERE version IN (1, $1) ORDER BY version",
            row => row.Time(0),
            version
        );
        return applied[^1] == applied[0] || now - applied[^1] > Kept;
    }
}
