using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.AuditSearch;

/// <summary>All results of a search, as a file.</summary>
public sealed class AuditExportPage(IAccountStore accounts, IAuditLog audit, Reader reader)
    : AuditSearchForm(accounts, reader)
{
    private const int Step = 500;

    public async Task<IActionResult> OnGetAsync(string? format) =>
        format is "csv" or "json" && await ReadAsync(Step) is { } query
            ? new RecordExport(AllAsync(query, Cancel), format is "csv", "audit")
            : NotFound();

    private async IAsyncEnumerable<AuditEntry> AllAsync(
        AuditQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var next = query; ; )
        {
            var entries = await audit.ReadAsync(next, cancellationToken);
            foreach (var entry in entries)
            {
                yield return entry;
            }

            if (entries.Count < Step)
            {
                yield break;
            }

            next = next with { Before = entries[^1].Id };
        }
    }
}
