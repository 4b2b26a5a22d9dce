using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

internal sealed class SpentStore(Engine engine) : ISpentStore
{
    public Task<bool> SpendAsync(byte[] hash, DateTimeOffset until, CancellationToken cancellationToken) =>
        engine.SpendAsync(new Spending(hash, until), cancellationToken);

    /// <summary>
    /// Spends many in the transaction of something else; answers those, in hexadecimal, that were not spent before.
    /// </summary>
    public static async Task<HashSet<string>> SpendAsync(Db db, IReadOnlyCollection<Spending> all) =>
        all.Count == 0
            ? []
            :
            [
                .. await db.ListOfAsync(
                    $"INSERT INTO spent (hash, until) {db.EachOf} ON CONFLICT (hash) DO NOTHING RETURNING hash",
                    row => Convert.ToHexStringLower(row.Bytes(0)),
                    // In one order, so that two that spend the same wait for each other and do not lock up.
                    [.. all.Select(one => one.Hash).OrderBy(Convert.ToHexStringLower, StringComparer.Ordinal)],
                    all.Max(one => one.Until)
                ),
            ];

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
