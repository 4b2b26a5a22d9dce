using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// What programs were issued, gathered in memory so that no token waits for its entry: a row for each client and
/// network in a second, with the number of tokens when there were several.
/// </summary>
internal sealed class IssueRecord(Engine engine, RandomSource random)
{
    private readonly WriteBehindBuffer<
        (string? Client, string? Network, string? Agent, string? Contract),
        (AuditEntry First, long Count)
    > issues = new(
        (known, more) => (known.First, known.Count + more.Count),
        key => (key.Client, null, null, key.Contract)
    );

    // The id is for whoever reads the entry before it is written, and pages on from it.
    public void Note(AuditEntry entry) =>
        issues.Add(
            (entry.ClientId, entry.Caller.Network, entry.Caller.UserAgent, entry.Contract),
            (entry with { Id = random.NewId(entry.At), At = Value.Whole(entry.At) }, 1)
        );

    /// <summary>What the store holds, and beside it the entries that are not written yet.</summary>
    public async Task<(TStored Stored, IEnumerable<AuditEntry> Waiting)> ReadAsync<TStored>(Func<Task<TStored>> read)
    {
        var (stored, waiting) = await issues.ReadAsync(read);
        return (stored, waiting.Select(EntryOf));
    }

    public Task FlushAsync(CancellationToken cancellationToken) =>
        issues.FlushAsync(
            all => all,
            some => engine.WriteAsync(db => AuditRow.AppendAsync(db, [.. some.Select(EntryOf)]), cancellationToken)
        );

    private static AuditEntry EntryOf(
        KeyValuePair<(string? Client, string? Network, string? Agent, string? Contract), (AuditEntry, long)> issue
    )
    {
        var (first, count) = issue.Value;
        return first with
        {
            Caller = issue.Key.Network is null ? new Caller("various") : first.Caller,
            Detail = count == 1 ? first.Detail : $"{first.Detail} × {count}",
        };
    }
}
