using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// A node's new sessions, a batch at a time in one transaction. Where one of them cannot be written, the others must
/// not fail with it: then each is tried by itself.
/// </summary>
internal sealed class PostgresOpenings(PostgresEngine engine, TimeProvider time)
{
    // Each has a connection of those that everything else needs too, for as long as what it waits for.
    private const int MostAlone = 4;

    private int alone;

    // A copy: the loop's own list is filled anew while a hanging transaction may still be under way.
    public Task CommitAsync(IReadOnlyList<PendingOpening> batch) => CommitAllAsync([.. batch]);

    private async Task CommitAllAsync(List<PendingOpening> batch)
    {
        try
        {
            if (!await TryAsync(batch))
            {
                await SiftAsync(batch);
            }
        }
        catch (Exception reason) when (batch.Count > 1 && reason is not StoreUnavailableException)
        {
            foreach (var opening in batch)
            {
                await CommitAloneAsync(opening);
            }
        }
    }

    /// <summary>Answers whether none of them had to wait for something long; then they have their answers.</summary>
    private async Task<bool> TryAsync(List<PendingOpening> batch)
    {
        try
        {
            await engine.TransactBatchAsync(async db =>
            {
                await OpeningRound.RunAsync(db, batch, engine.Changes.Marks, time.GetUtcNow());
                return batch.Count;
            });
        }
        catch (StoreUnavailableException reason) when (PostgresErrors.IsLocked(reason))
        {
            return false;
        }

        foreach (var opening in batch)
        {
            opening.Answer();
        }

        return true;
    }

    // Something long holds what one of them needs: a session that is being opened elsewhere, a code, or the marks.
    // Whoever needs it waits by himself now, and neither the others nor the next batch for him.
    private async Task SiftAsync(List<PendingOpening> batch)
    {
        List<PendingOpening> rest = [.. batch.Where(opening => !opening.MayWait)];
        if (rest.Count == batch.Count)
        {
            rest.ForEach(Wait);
            return;
        }

        if (rest.Count > 0)
        {
            await CommitAllAsync(rest);
        }

        var held = batch.Count == 1 ? MostAlone : 0;
        foreach (var opening in batch.Where(opening => opening.MayWait))
        {
            if (held >= MostAlone || await IsHeldAsync(opening))
            {
                held++;
                Wait(opening);
            }
        }
    }

    private async Task<bool> IsHeldAsync(PendingOpening opening)
    {
        try
        {
            return !await TryAsync([opening]);
        }
        catch (Exception reason) when (reason is not StoreUnavailableException)
        {
            opening.Fail(reason);
            return false;
        }
    }

    private void Wait(PendingOpening opening) => _ = OpenAloneAsync(opening);

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
            if (Interlocked.Increment(ref alone) > MostAlone)
            {
                throw StorageMetrics.Overloaded();
            }

            await engine.OpenAloneAsync(opening);
            opening.Answer();
        }
#pragma warning disable CA1031 // whatever went wrong with it is its own answer
        catch (Exception reason)
#pragma warning restore CA1031
        {
            opening.Fail(reason);
        }
        finally
        {
            Interlocked.Decrement(ref alone);
        }
    }
}
