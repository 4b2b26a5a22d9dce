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

    // The newest active ones; the rest are on the pages that manage them.
    private const int MostOfAKind = 25;

    /// <summary>The used integrations, most urgent first.</summary>
    public IReadOnlyList<Integration> Used { get; private set; } = [];

    public IReadOnlyList<Integration> Unused { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var all = new List<Integration>
        {
            await ReadAsync(
                IntegrationKind.Account,
                "",
                "/portal/sessions?of=account",
                UsageHolder.Of(null, null, Me.Id)
            ),
        };
        foreach (
            var key in (await apiKeys.ListAsync(Me.Id, Cancel))
                .Where(key => key.RevokedAt is null)
                .OrderByDescending(key => key.CreatedAt)
                .Take(MostOfAKind)
        )
        {
            all.Add(
                await ReadAsync(
                    IntegrationKind.ApiKey,
                    key.Name,
                    $"/portal/api-keys/{key.Id}",
                    UsageHolder.Of(null, key.Id, null)
                )
            );
        }

        foreach (
            var client in (await applications.ListAsync(Me.Id, Cancel))
                .Where(client => client.DisabledAt is null)
                .Take(MostOfAKind)
        )
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

        Used = [.. all.Where(one => !one.Usage.IsEmpty).OrderBy(one => one.Findings[0].Weight)];
        Unused = [.. all.Where(one => one.Usage.IsEmpty)];
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
