using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Finds dead sessions by walking the primary key in bounded steps. An index on the end of a session would have to be
/// moved at every refresh; the walk costs one short read a step and never touches what a refresh needs. Where it
/// stopped is only remembered in memory: a new process begins again.
/// </summary>
internal sealed class SessionSweep(Engine engine)
{
    private const int Window = 1000;
    private const int LongestWalk = 200 * Window;

    private const string Dead =
        "access_expires_at < $2 AND CASE WHEN revoked_at IS NULL THEN refresh_expires_at < $2 ELSE revoked_at + longest_access < $2 END";

    private byte[] walked = [];

    /// <summary>
    /// Walks on until the limit is removed, the table has ended, or the walk is long enough for one step.
    /// </summary>
    public async Task<int> StepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = 0;
        for (var seen = 0; seen < LongestWalk && removed < limit; seen += Window)
        {
            var window = await engine.ReadAsync(
                db =>
                    db.ListAsync(
                        $"SELECT id, CASE WHEN {Dead} THEN 1 ELSE 0 END FROM sessions WHERE id > $1 ORDER BY id LIMIT $3",
                        row => (Id: row.Bytes(0), Dead: row.Flag(1)),
                        walked,
                        before,
                        Window
                    ),
                cancellationToken
            );
            var dead = window.Where(row => row.Dead).Take(limit - removed).Select(row => row.Id).ToList();
            removed += await RemoveAsync(dead, before, cancellationToken);

            // With the limit reached inside a window, the next step begins behind the last one removed.
            walked =
                removed >= limit && dead.Count > 0 ? dead[^1]
                : window.Count == Window ? window[^1].Id
                : [];
            if (window.Count < Window)
            {
                break;
            }
        }

        return removed;
    }

    // The condition again: a store that was put back lets a session live on that looked dead when it was read.
    private Task<int> RemoveAsync(List<byte[]> dead, DateTimeOffset before, CancellationToken cancellationToken) =>
        dead.Count == 0
            ? Task.FromResult(0)
            : engine.WriteAsync(
                async db =>
                {
                    await db.ExecuteManyAsync(
                        $"DELETE FROM sessions WHERE id = $1 AND {Dead}",
                        dead.ConvertAll(id => new object?[] { id, before })
                    );
                    return dead.Count;
                },
                cancellationToken
            );
}
