using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Activity;

/// <summary>The events of the reader's account and applications: filter, pages, export.</summary>
public sealed class ActivityPage(
    IAuditLog audit,
    SessionFates fates,
    IClientStore clients,
    IApiKeyStore apiKeys,
    ActivityRows log,
    Reader reader,
    IStringLocalizer<ActivityWords> words
) : PortalPage
{
    public const int PageSize = 50;

    // The newest ones: each adds a part to the store's query.
    private const int MostClients = 100;

    [BindProperty(SupportsGet = true)]
    public ActivityFilter Filter { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? Before { get; set; }

    public IReadOnlyList<ActivityRow> Rows { get; private set; } = [];

    /// <summary>What the filter offers.</summary>
    public IReadOnlyList<ApiKey> Keys { get; private set; } = [];

    public IReadOnlyList<Client> Applications { get; private set; } = [];

    /// <summary>The position of the next page; null on the last.</summary>
    public Guid? Next { get; private set; }

    public async Task OnGetAsync() => await ShowAsync(await QueryAsync());

    public Task<IActionResult> OnGetCsvAsync() => ExportAsync(csv: true);

    public Task<IActionResult> OnGetJsonAsync() => ExportAsync(csv: false);

    private async Task ShowAsync(AuditQuery query)
    {
        var before = Guid.TryParseExact(Before, "D", out var mark) ? mark : (Guid?)null;
        (Rows, Next) = await log.ReadAsync(query with { Before = before }, Me.Id, PageSize, Cancel);
        Keys = await apiKeys.ListAsync(Me.Id, Cancel);
    }

    private async Task<IActionResult> ExportAsync(bool csv)
    {
        var query = await QueryAsync();
        if (!ModelState.IsValid)
        {
            // A day that cannot be read must not be ignored: the export would contain what nobody asked for.
            await ShowAsync(query);
            return Page();
        }

        return new ActivityExport(
            audit,
            fates,
            query,
            Me.Id,
            csv,
            string.Create(
                CultureInfo.InvariantCulture,
                $"turnstone-activity-{reader.Now:yyyy-MM-dd}.{(csv ? "csv" : "json")}"
            )
        );
    }

    private async Task<AuditQuery> QueryAsync()
    {
        Applications =
        [
            .. (await clients.ListAsync(Me.Id, Cancel)).OrderByDescending(client => client.CreatedAt).Take(MostClients),
        ];
        var whose = new AuditQuery { AccountId = Me.Id, OwnedClients = [.. Applications.Select(one => one.Id)] };
        return Filter.ToQuery(whose, reader.Zone, field => Refuse(field, words["NotADay"]));
    }
}
