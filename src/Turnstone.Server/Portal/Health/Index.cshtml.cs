using Microsoft.AspNetCore.Mvc;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Server.Portal.ApiKeys;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Health;

/// <summary>The health of each integration, and what to change.</summary>
public sealed class HealthPage(
    IUsageCounters counters,
    IApiKeyStore apiKeys,
    OwnApplications applications,
    TimeProvider time
) : PortalPage
{
    /// <summary>The time that is looked back on; the counters know days.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Period { get; set; }

    public static IEnumerable<KeyPeriod> Periods => KeyPeriod.All.Where(period => period != KeyPeriod.Day);

    public KeyPeriod Chosen => Periods.FirstOrDefault(period => period.Name == Period) ?? KeyPeriod.Month;

    /// <summary>A part of the name of a key or an application.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    /// <summary>The page of those that were not used.</summary>
    [BindProperty(SupportsGet = true)]
    public string? UnusedNumber { get; set; }

    public bool OffersSearch { get; private set; }

    /// <summary>The used integrations, most urgent first.</summary>
    public Listing<Integration> Used { get; private set; } = Listing.Empty<Integration>();

    public Listing<Integration> Unused { get; private set; } = Listing.Empty<Integration>();

    /// <summary>The address of the page, with its period.</summary>
    public string Path => $"/portal/health{(Chosen == KeyPeriod.Month ? "" : $"?period={Chosen.Name}")}";

    public async Task OnGetAsync()
    {
        var (keys, clients) = await FoundAsync();
        var all = new List<Integration>();
        if (string.IsNullOrEmpty(Find))
        {
            var holder = UsageHolder.Of(null, null, Me.Id);
            all.Add(await ReadAsync(IntegrationKind.Account, "", "/portal/sessions?of=account", holder));
        }

        foreach (var key in keys)
        {
            var holder = UsageHolder.Of(null, key.Id, null);
            all.Add(await ReadAsync(IntegrationKind.ApiKey, key.Name, $"/portal/api-keys/{key.Id}", holder));
        }

        foreach (var client in clients)
        {
            all.Add(
                await ReadAsync(
                    IntegrationKind.Application,
                    client.Name,
                    $"/portal/applications/{Uri.EscapeDataString(client.Id)}",
                    UsageHolder.Of(client.Id, null, null),
                    client.MayUse(ApplicationRules.RefreshToken)
                )
            );
        }

        var used = all.Where(one => !one.Usage.IsEmpty).OrderBy(one => one.Findings[0].Weight);
        Used = Listing.Of(used, null, Number, one => [one.Name]);
        Unused = Listing.Of(all.Where(one => one.Usage.IsEmpty), null, UnusedNumber, one => [one.Name]);
    }

    // What works, and has the text in its name. An account has a bounded number of both.
    private async Task<(List<ApiKey> Keys, List<Client> Clients)> FoundAsync()
    {
        var keys = (await apiKeys.ListAsync(Me.Id, Cancel)).Where(key => key.RevokedAt is null).ToList();
        var clients = (await applications.ListAsync(Me.Id, Cancel)).Where(client => client.DisabledAt is null).ToList();
        OffersSearch = keys.Count + clients.Count >= Listing.Few || !string.IsNullOrEmpty(Find);
        return (
            [.. keys.Where(key => Listing.Has(Find, key.Name)).OrderByDescending(key => key.CreatedAt)],
            [.. clients.Where(client => Listing.Has(Find, client.Name, client.Id))]
        );
    }

    // Days are UTC, as in the counters.
    private async Task<Integration> ReadAsync(
        IntegrationKind kind,
        string name,
        string path,
        UsageHolder holder,
        bool refreshes = true
    )
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = today.AddDays(1 - Chosen.Days);
        var usage = new Usage(await counters.ReadAsync(holder, first, today, Cancel), first, today);
        return new(kind, name, path, usage, Diagnosis.Of(usage, refreshes));
    }
}
