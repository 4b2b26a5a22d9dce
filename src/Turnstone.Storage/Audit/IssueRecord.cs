using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// What programs were issued, gathered in memory so that no token waits for its entry: a row for each client, the
/// account it acts for and network in a second, with the number of tokens when there were several.
/// </summary>
internal sealed class IssueRecord(Engine engine, RandomSource random)
{
    private readonly WriteBehindBuffer<IssueKey, (AuditEntry First, long Count)> issues = new(
        (known, more) => (known.First, known.Count + more.Count),
        key => new(key.Client, null, null, null, key.Contract)
    );

    // The id is for whoever reads the entry before it is written, and pages on from it.
    public void Note(AuditEntry entry) =>
        issues.Add(
            new(entry.ClientId, entry.AccountId, entry.Caller.Network, entry.Caller.UserAgent, entry.Contract),
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

    private static AuditEntry EntryOf(KeyValuePair<IssueKey, (AuditEntry, long)> issue)
    {
        var (first, count) = issue.Value;
        return first with
        {
            AccountId = issue.Key.Account,
            Caller = issue.Key.Network is null ? Caller.Various : first.Caller,
            Detail = count == 1 ? first.Detail : $"{first.Detail} × {count}",
        };
    }

    private readonly record struct IssueKey(
        string? Client,
        Guid? Account,
        string? Network,
        string? Agent,
        string? Contract
    );
}
