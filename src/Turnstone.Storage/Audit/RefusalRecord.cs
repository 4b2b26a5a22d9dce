using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// Refusals, in a bounded number of rows whatever is sent. Of those that concern nobody known, the first of a network,
/// kind and minute is a row at once and the others are one more when the minute is over. Those that concern a known
/// account, API key or client are rows up to a number an hour, and the others one more.
/// </summary>
internal sealed class RefusalRecord(Engine engine, RandomSource random, int rowsPerHolder)
{
    /// <summary>
    /// How many networks and kinds have rows of their own in a minute: whoever has a /48 of IPv6 has 65,536 networks.
    /// At some 600 bytes a row this is less than 350 MB a day under attack.
    /// </summary>
    public const int MostNetworks = 200;

    /// <summary>How many holders have rows of their own in an hour; it bounds the memory.</summary>
    public const int MostHolders = 5_000;

    private readonly RowAllowance<RefusalKey> networks = new(1, MostNetworks, RefusalCount.OneMinute);
    private readonly RowAllowance<(Guid?, Guid?, string?)> holders = new(
        rowsPerHolder,
        MostHolders,
        RefusalCount.OneHour
    );
    private readonly WriteBehindBuffer<RefusalKey, (AuditEntry Last, long Count)> counted = new(
        (known, more) => (more.Last, known.Count + more.Count),
        key => key.Elsewhere()
    );

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var key = RefusalKey.Of(entry);
        var place = key.Holder is { } holder ? holders.Take(holder, key.Until) : networks.Take(key, key.Until);
        if (place is RefusalPlace.Row)
        {
            return engine.WriteAsync(db => AuditRow.AppendAsync(db, entry), cancellationToken);
        }

        // The id is for whoever reads the entry before it is written, and pages on from it.
        counted.Add(
            place is RefusalPlace.Counted ? key : key.Elsewhere(),
            (entry with { Id = random.NewId(entry.At), At = Value.Whole(entry.At) }, 1)
        );
        return Task.CompletedTask;
    }

    /// <summary>What the store holds, and beside it the entries that are not written yet.</summary>
    public async Task<(TStored Stored, IEnumerable<AuditEntry> Waiting)> ReadAsync<TStored>(Func<Task<TStored>> read)
    {
        var (stored, waiting) = await counted.ReadAsync(read);
        return (stored, waiting.Select(EntryOf));
    }

    /// <summary>Writes what was counted in periods that are over by then.</summary>
    public Task FlushAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        counted.FlushAsync(
            all => all,
            some => engine.WriteAsync(db => AuditRow.AppendAsync(db, [.. some.Select(EntryOf)]), cancellationToken),
            key => key.Until <= now
        );

    private static AuditEntry EntryOf(KeyValuePair<RefusalKey, (AuditEntry Last, long Count)> row) =>
        row.Key.Entry(row.Value.Last, row.Value.Count);
}
