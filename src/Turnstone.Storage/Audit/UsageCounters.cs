using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>Gathers in memory, writes one upsert a key and flush.</summary>
internal sealed class UsageCounters(Engine engine, TimeProvider time) : IUsageCounters
{
    private readonly WriteBehindBuffer<(UsageHolder Holder, DateOnly Day, UsageOutcome Outcome), long> counts = new(
        (known, more) => known + more,
        key => key with { Holder = UsageHolder.Nobody }
    );

    public void Count(UsageHolder holder, UsageOutcome outcome) =>
        counts.Add((holder, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), outcome), 1);

    public async Task<IReadOnlyList<UsageRow>> ReadAsync(
        UsageHolder holder,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        var (stored, waiting) = await counts.ReadAsync(() => StoredAsync(holder, from, to, cancellationToken));
        return
        [
            .. stored
                .Concat(
                    waiting
                        .Where(count => count.Key.Holder == holder && count.Key.Day >= from && count.Key.Day <= to)
                        .Select(count => new UsageRow(count.Key.Day, count.Key.Outcome, count.Value))
                )
                .GroupBy(row => (row.Day, row.Outcome))
                .Select(rows => new UsageRow(rows.Key.Day, rows.Key.Outcome, rows.Sum(row => row.Count)))
                .OrderBy(row => row.Day)
                .ThenBy(row => row.Outcome.ToString(), StringComparer.Ordinal),
        ];
    }

    // In one order on every node, so that two that flush at once do not lock up.
    public Task FlushAsync(CancellationToken cancellationToken) =>
        counts.FlushAsync(
            all =>
                all.OrderBy(count => count.Key.Holder.Value, StringComparer.Ordinal)
                    .ThenBy(count => count.Key.Day)
                    .ThenBy(count => count.Key.Outcome),
            some =>
                engine.WriteAsync(
                    db =>
                        db.ExecuteManyAsync(
                            "INSERT INTO usage_counts (holder, day, outcome, total) VALUES ($1, $2, $3, $4) "
                                + "ON CONFLICT (holder, day, outcome) DO UPDATE SET total = usage_counts.total + "
                                + "excluded.total",
                            [
                                .. some.Select(count =>
                                    new object?[]
                                    {
                                        count.Key.Holder.Value,
                                        count.Key.Day,
                                        count.Key.Outcome,
                                        count.Value,
                                    }
                                ),
                            ]
                        ),
                    cancellationToken
                )
        );

    // A chart has no line for an outcome that only a newer version knows.
    private async Task<List<UsageRow>> StoredAsync(
        UsageHolder holder,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        var rows = await engine.ReadAsync(
            db =>
                db.ListAsync(
                    "SELECT day, outcome, total FROM usage_counts WHERE holder = $1 AND day BETWEEN $2 AND $3",
                    row => (Day: (int)row.Number(0), Outcome: row.Name<UsageOutcome>(1).Known, Count: row.Number(2)),
                    holder.Value,
                    from,
                    to
                ),
            cancellationToken
        );
        return
        [
            .. rows.Where(row => row.Outcome is not null)
                .Select(row => new UsageRow(DateOnly.FromDayNumber(row.Day), row.Outcome!.Value, row.Count)),
        ];
    }
}
