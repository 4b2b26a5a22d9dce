using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// What programs were issued, gathered in memory so that no token waits for its entry: a row for each client and
/// network in a second, with the number of tokens when there were several.
/// </summary>
internal sealed class IssueRecord(Engine engine)
{
    private readonly WriteBehindBuffer<
        (string? Client, string? Network, string? Agent, string? Contract),
        (AuditEntry First, long Count)
    > issues = new(
        (known, more) => (known.First, known.Count + more.Count),
        key => (key.Client, null, null, key.Contract)
    );

    public void Note(AuditEntry entry) =>
        issues.Add((entry.ClientId, entry.Caller.Network, entry.Caller.UserAgent, entry.Contract), (entry, 1));

    public Task FlushAsync(CancellationToken cancellationToken) =>
        issues.FlushAsync(
            all => all,
            some =>
                engine.WriteAsync(
                    db =>
                        AuditRow.AppendAsync(
                            db,
                            [
                                .. some.Select(issue =>
                                    EntryOf(issue.Value.First, issue.Value.Count, various: issue.Key.Network is null)
                                ),
                            ]
                        ),
                    cancellationToken
                )
        );

    private static AuditEntry EntryOf(AuditEntry first, long count, bool various) =>
        first with
        {
            Caller = various ? new Caller("various") : first.Caller,
            Detail = count == 1 ? first.Detail : $"{first.Detail} × {count}",
        };
}
