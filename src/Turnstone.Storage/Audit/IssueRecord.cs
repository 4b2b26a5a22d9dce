using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// What programs were issued, gathered in memory so that no token waits for its entry: a row for each client and network in a second, with the number of tokens
/// when there were several.
/// </summary>
internal sealed class IssueRecord(Engine engine)
{
    // More than this in one second share the entries that are there: memory stays bounded whatever is thrown at the service.
    private const int MostKeys = 10_000;

    private readonly Lock gathering = new();
    private Dictionary<(string? Client, string Network, string? Agent, string? Contract), (AuditEntry First, long Count)> gathered = [];

    public void Note(AuditEntry entry) => Add(entry, 1);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var taken = Take();
        if (taken.Count == 0)
        {
            return;
        }

        try
        {
            await engine.WriteAsync(
                db => AuditRow.AppendAsync(db, [.. taken.Values.Select(issue => issue.Count == 1 ? issue.First : issue.First with { Detail = $"{issue.First.Detail} × {issue.Count}" })]),
                cancellationToken);
        }
        catch
        {
            foreach (var (first, count) in taken.Values)
            {
                Add(first, count);
            }

            throw;
        }
    }

    private void Add(AuditEntry entry, long count)
    {
        var key = (entry.ClientId, entry.Caller.Network, entry.Caller.UserAgent, entry.Contract);
        lock (gathering)
        {
            if (gathered.Count >= MostKeys && !gathered.ContainsKey(key))
            {
                key = (entry.ClientId, "", null, entry.Contract);
                entry = entry with { Caller = new Caller("various") };
            }

            gathered[key] = gathered.TryGetValue(key, out var known) ? (known.First, known.Count + count) : (entry, count);
        }
    }

    private Dictionary<(string? Client, string Network, string? Agent, string? Contract), (AuditEntry First, long Count)> Take()
    {
        lock (gathering)
        {
            var taken = gathered;
            gathered = [];
            return taken;
        }
    }
}
