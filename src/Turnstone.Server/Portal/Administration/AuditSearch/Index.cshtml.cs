using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.AuditSearch;

/// <summary>An entry with names instead of ids.</summary>
public sealed record AuditLine(AuditEntry Entry, string? Account, string? Actor);

/// <summary>Searches the audit log of the whole service.</summary>
public sealed class AuditSearchPage(IAccountStore accounts, IAuditLog audit, Names names, Reader reader)
    : AuditSearchForm(accounts, reader)
{
    private const int PageSize = 50;

    public IReadOnlyList<AuditLine> Lines { get; private set; } = [];

    /// <summary>The names of the clients in it.</summary>
    public IReadOnlyDictionary<string, string> Clients { get; private set; } = new Dictionary<string, string>();

    /// <summary>The position of the next page; null on the last.</summary>
    public Guid? Next { get; private set; }

    public async Task OnGetAsync()
    {
        if (await ReadAsync(PageSize + 1) is not { } query)
        {
            return;
        }

        var entries = await audit.ReadAsync(query, Cancel);
        List<AuditLine> lines = [];
        foreach (var entry in entries.Take(PageSize))
        {
            lines.Add(
                new(
                    entry,
                    await names.EmailAsync(entry.AccountId, Cancel),
                    await names.EmailAsync(entry.Caller.ActorId, Cancel)
                )
            );
        }

        Lines = lines;
        Clients = await names.ClientsAsync(lines.Select(line => line.Entry.ClientId), Cancel);
        Next = entries.Count > PageSize ? entries[PageSize - 1].Id : null;
    }
}
