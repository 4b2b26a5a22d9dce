using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>Gathers in memory, writes one upsert a key and flush.</summary>
internal sealed class UsageCounters(Engine engine, TimeProvider time) : IUsageCounters
{
    // More holders than this in one second are counted as nobody's: memory stays bounded whatever is thrown at the service.
    private const int MostKeys = 10_000;

    private readonly Lock gathering = new();
    private Dictionary<(UsageHolder Holder, DateOnly Day, UsageOutcome Outcome), long> gathered = [];
    private Task flushing = Task.CompletedTask;

    public void Count(UsageHolder holder, UsageOutcome outcome) => Add(holder, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), outcome, 1);

    public async Task<IReadOnlyList<UsageRow>> ReadAsync(UsageHolder holder, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await engine.ReadAsync(
            db => db.ListAsync(
                "SELECT day, outcome, total FROM usage_counts WHERE holder = $1 AND day BETWEEN $2 AND $3 ORDER BY day, outcome",
                row => new UsageRow(DateOnly.FromDayNumber((int)row.Number(0)), row.Word<UsageOutcome>(1), row.Number(2)),
                holder.Value,
                from,
                to),
            cancellationToken);
    }

    /// <summary>One after another: a reader that has nothing to write itself must not read before what another has taken is written.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (gathering)
        {
            return flushing = WriteAsync(flushing, cancellationToken);
        }
    }

    private async Task WriteAsync(Task before, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var counts = Take();
        if (counts.Count == 0)
        {
            return;
        }

        // In one order on every node, so that two that flush at once do not lock up.
        var rows = counts
            .OrderBy(count => count.Key.Holder.Value, StringComparer.Ordinal).ThenBy(count => count.Key.Day).ThenBy(count => count.Key.Outcome)
            .Select(count => new object?[] { count.Key.Holder.Value, count.Key.Day, count.Key.Outcome, count.Value }).ToList();
        try
        {
            await engine.WriteAsync(
                db => db.ExecuteManyAsync(
                    "INSERT INTO usage_counts (holder, day, outcome, total) VALUES ($1, $2, $3, $4) "
                    + "ON CONFLICT (holder, day, outcome) DO UPDATE SET total = usage_counts.total + excluded.total",
                    rows),
                cancellationToken);
        }
        catch
        {
            foreach (var ((holder, day, outcome), count) in counts)
            {
                Add(holder, day, outcome, count);
            }

            throw;
        }
    }

    private Dictionary<(UsageHolder Holder, DateOnly Day, UsageOutcome Outcome), long> Take()
    {
        lock (gathering)
        {
            var taken = gathered;
            gathered = [];
            return taken;
        }
    }

    private void Add(UsageHolder holder, DateOnly day, UsageOutcome outcome, long count)
    {
        var key = (holder, day, outcome);
        lock (gathering)
        {
            if (gathered.Count >= MostKeys && !gathered.ContainsKey(key))
            {
                key = (UsageHolder.Nobody, day, outcome);
            }

            gathered[key] = gathered.GetValueOrDefault(key) + count;
        }
    }
}
