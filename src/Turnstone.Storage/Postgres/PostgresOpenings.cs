using Turnstone.Sessions;
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

    private async Task CommitAllAsync(IReadOnlyList<PendingOpening> batch, bool sifted = false)
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
            // Something long holds what one of them needs. Whoever needs it waits by himself now, and neither the
            // others nor the next batch for him.
            var held = sifted || batch.Count == 1 ? [.. batch] : await HeldAsync(batch);
            foreach (var opening in held)
            {
                _ = OpenAloneAsync(opening);
            }

            if (held.Count < batch.Count)
            {
                await CommitAllAsync([.. batch.Where(opening => !held.Contains(opening))], sifted: true);
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

    /// <summary>Those whose API key is in the hands of another transaction.</summary>
    private Task<HashSet<PendingOpening>> HeldAsync(IReadOnlyList<PendingOpening> batch) =>
        engine.TransactBatchAsync(async db =>
        {
            var free = await db.ListOfAsync(
                "SELECT key FROM unnest($1) AS key WHERE pg_try_advisory_xact_lock(key)",
                row => row.Number(0),
                batch
                    .Select(opening => opening.Preconditions.ApiKeyId)
                    .OfType<Guid>()
                    .Select(PostgresDb.LoginLock)
                    .ToHashSet()
            );
            return batch
                .Where(opening =>
                    opening.Preconditions.ApiKeyId is { } key && !free.Contains(PostgresDb.LoginLock(key))
                )
                .ToHashSet();
        });

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
