using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// What a node's requests spend (assertions, proofs, challenges), a batch at a time in one statement.
/// </summary>
internal sealed class PostgresSpendings(PostgresEngine engine)
{
    // A copy: the loop's own list is filled anew while a hanging transaction may still be under way.
    public Task CommitAsync(IReadOnlyList<PendingSpending> batch) => CommitAllAsync([.. batch]);

    private async Task CommitAllAsync(List<PendingSpending> batch)
    {
        try
        {
            var first = await engine.WriteAsync(
                async db =>
                {
                    await db.ExecuteAsync("SET LOCAL lock_timeout = '200ms'");
                    return await SpentStore.SpendAsync(db, batch.ConvertAll(one => one.Spending));
                },
                CancellationToken.None
            );

            // Of one that is in the batch twice the first has spent it.
            batch.ForEach(one => one.First = first.Remove(Convert.ToHexStringLower(one.Spending.Hash)));
        }
        catch (StoreUnavailableException reason) when (PostgresErrors.IsLocked(reason))
        {
            // Another transaction is spending one of them and takes long: whoever needs it waits by himself.
            await Task.WhenAll(batch.Select(SpendAloneAsync));
            return;
        }

        batch.ForEach(one => one.Answer());
    }

    private async Task SpendAloneAsync(PendingSpending one)
    {
        try
        {
            one.First = await engine.SpendAloneAsync(one.Spending, one.Cancellation);
            one.Answer();
        }
#pragma warning disable CA1031 // whatever went wrong with it is its own answer
        catch (Exception reason)
#pragma warning restore CA1031
        {
            one.Fail(reason);
        }
    }
}
