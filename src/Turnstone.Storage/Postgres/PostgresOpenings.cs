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
            await engine.TransactBatchAsync(async db =>
            {
                await OpeningRound.RunAsync(db, batch, time.GetUtcNow());
                return batch.Count;
            });
        }
        catch (StoreUnavailableException reason) when (PostgresErrors.IsLocked(reason))
        {
            // Something long holds a row that one of them needs. Each waits by itself now, and the next batch for none of them.
            foreach (var opening in batch)
            {
                _ = OpenAloneAsync(opening);
            }

            return;
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

    // A database that is away is so for the rest of the batch too.
    private async Task CommitAloneAsync(PendingOpening opening)
    {
        try
        {
            await CommitAllAsync([opening]);
        }
        catch (Exception reason) when (reason is not StoreUnavailableException)
        {
            opening.Fail(reason);
        }
    }

    private async Task OpenAloneAsync(PendingOpening opening)
    {
        try
        {
            await engine.OpenAloneAsync(opening);
            opening.Answer();
        }
#pragma warning disable CA1031 // whatever went wrong with it is its own answer
        catch (Exception reason)
#pragma warning restore CA1031
        {
            opening.Fail(reason);
        }
    }
}
