using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// Takes away the indexes in whose place the runs are, once those are complete. A server of the release before finds
/// the same rows without them, but reads the whole table: a store that was upgraded keeps them for a day more, so that
/// none of them is left by then.
/// </summary>
internal sealed class IndexReplacement(Engine engine, IndexSource source, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(1);

    // The migration that makes the tables of the runs.
    private const long Version = 33;

    private bool done;
    private DateTimeOffset tried = DateTimeOffset.MinValue;

    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (done || now - tried < BetweenTries)
        {
            return;
        }

        tried = now;
        if (await engine.ReadAsync(db => IsAllowedAsync(db, now), cancellationToken))
        {
            foreach (var index in source.Replaced)
            {
                await engine.WriteAsync(db => db.DropIndexAsync(index), cancellationToken);
            }

            done = true;
        }
    }

    // All migrations of one call have its time: a store that was new then has never had an older server.
    private static async Task<bool> IsAllowedAsync(Db db, DateTimeOffset now)
    {
        var applied = await db.ListAsync(
            "SELECT applied_at FROM schema_versions WHERE version IN (1, $1) ORDER BY version",
            row => row.Time(0),
            Version
        );
        return applied[^1] == applied[0] || now - applied[^1] > Kept;
    }
}
