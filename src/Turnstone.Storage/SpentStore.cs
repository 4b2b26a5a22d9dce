using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

internal sealed class SpentStore(Engine engine) : ISpentStore
{
    public async Task<bool> SpendAsync(byte[] hash, DateTimeOffset until, CancellationToken cancellationToken) =>
        await engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "INSERT INTO spent (hash, until) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                    hash,
                    until
                ),
            cancellationToken
        ) == 1;

    public Task<bool> IsSpentAsync(byte[] hash, CancellationToken cancellationToken) =>
        engine.ReadAsync(db => db.AnyAsync("SELECT 1 FROM spent WHERE hash = $1", hash), cancellationToken);

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM spent WHERE hash IN "
                        + "(SELECT hash FROM spent WHERE until < $1 ORDER BY until LIMIT $2)",
                    before,
                    limit
                ),
            cancellationToken
        );
}
