using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>A node's new sessions, a batch at a time in one transaction. Where one of them cannot be written, the others must not fail with it: then each is tried by itself.</summary>
internal sealed class PostgresOpenings(PostgresEngine engine, TimeProvider time)
{
    // A copy: the loop's own list is filled anew while a hanging transaction may still be under way.
    public Task CommitAsync(IReadOnlyList<PendingOpening> batch) => CommitAllAsync([.. batch]);

    private async Task CommitAllAsync(IReadOnlyList<PendingOpening> batch)
    {
        try
        {
            await engine.TransactAsync(
                async db =>
                {
                    await OpeningRound.RunAsync(db, batch, time.GetUtcNow());
                    return batch.Count;
                },
                CancellationToken.None);
        }
        catch (Exception reason) when (batch.Count > 1 && reason is not StoreUnavailableException)
        {
            foreach (var opening in batch)
            {
                await CommitAloneAsync(opening);
            }

            return;
        }

        foreach (var opening in batch)
        {
            opening.Answer();
        }
    }

    private async Task CommitAloneAsync(PendingOpening opening)
    {
        try
        {
            await CommitAllAsync([opening]);
        }
#pragma warning disable CA1031 // whatever went wrong with it is its own answer
        catch (Exception reason)
#pragma warning restore CA1031
        {
            opening.Fail(reason);
        }
    }
}
