using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// When the runs take the place of the indexes. A server of the release before writes rows below the bound without
/// entries of their own, and without the indexes it reads whole tables: a store that was upgraded goes on as before for
/// a day, so that none of them is left by then.
/// </summary>
internal sealed class IndexReplacement(Engine engine, IndexSource source, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(1);

    private bool begun;
    private bool dropped;
    private DateTimeOffset tried = DateTimeOffset.MinValue;

    /// <summary>Whether runs may be made.</summary>
    public async Task<bool> HasBegunAsync(CancellationToken cancellationToken) =>
        begun = begun || await engine.ReadAsync(db => IsAllowedAsync(db, time.GetUtcNow()), cancellationToken);

    /// <summary>Takes the indexes away; the runs are complete.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (dropped || now - tried < BetweenTries)
        {
            return;
        }

        tried = now;
        foreach (var index in source.Replaced)
        {
            await engine.WriteAsync(db => db.DropIndexAsync(index), cancellationToken);
        }

        dropped = true;
    }

    // All migrations of one call have its time: a store that was new then has never had an older server.
    private async Task<bool> IsAllowedAsync(Db db, DateTimeOffset now)
    {
        var applied = await db.ListAsync(
            "SELECT applied_at FROM schema_versions WHERE version IN (1, $1) ORDER BY version",
            row => row.Time(0),
            source.Version
        );
        return applied[^1] == applied[0] || now - applied[^1] > Kept;
    }
}
