using System.Collections.Concurrent;

namespace Turnstone.Clients.Tests.Early;

/// <summary>
/// A fleet of processes must not ask a server at the same moment, neither ahead of need nor after a failure. The
/// moments are drawn by chance; a client that draws them as it should fails here less than once in 10⁹ runs.
/// </summary>
public sealed class EarlyRefreshTests
{
    private const int Many = 300;
    private const double Shortest = 30;
    private const double Longest = 60;
    private const double Step = 0.5;

    private static readonly ConcurrentDictionary<string, Lazy<Task<EarlyReport>>> Reports = new();

    public static TheoryData<string> Clients => new("dotnet", "python", "typescript");

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Sessions_of_one_age_refresh_ahead_of_need_at_moments_of_their_own(string client)
    {
        var leads = (await ReportAsync(client)).Leads;
        Assert.Equal(Many, leads.Count);
        Assert.All(leads, lead => Assert.InRange(lead, Shortest - Step, Longest));

        // A sixth of the time each, fifty sessions on average.
        var parts = leads.CountBy(lead => (int)((lead - Shortest + Step) / (Longest - Shortest + Step) * 6)).ToList();
        Assert.Equal(6, parts.Count);
        Assert.All(parts, part => Assert.InRange(part.Value, 5, 110));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task After_a_failure_each_waits_any_time_up_to_a_bound_that_doubles(string client)
    {
        var pauses = (await ReportAsync(client)).Pauses;
        Assert.Equal(6, pauses.Count);
        for (var attempt = 0; attempt < pauses.Count; attempt++)
        {
            var longest = Math.Min(5, 0.1 * Math.Pow(2, attempt));
            Assert.Equal(Many, pauses[attempt].Count);
            Assert.All(pauses[attempt], pause => Assert.InRange(pause, 0.0005, longest + 0.002));
            Assert.InRange(pauses[attempt].Min(), 0, longest * 0.2);
            Assert.InRange(pauses[attempt].Max(), longest * 0.8, longest + 0.002);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task After_a_refused_sign_in_each_waits_for_half_of_a_bound_that_doubles_or_longer(string client)
    {
        var pauses = (await ReportAsync(client)).Refusals;
        Assert.Equal(9, pauses.Count);
        for (var refusal = 0; refusal < pauses.Count; refusal++)
        {
            var longest = Math.Min(300, 4 * Math.Pow(2, refusal));
            Assert.Equal(Many, pauses[refusal].Count);
            Assert.All(pauses[refusal], pause => Assert.InRange(pause, longest / 2, longest));
            Assert.InRange(pauses[refusal].Min(), longest * 0.5, longest * 0.6);
            Assert.InRange(pauses[refusal].Max(), longest * 0.9, longest);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Where_the_contract_takes_no_early_refresh_nobody_asks_before_the_end(string client)
    {
        var report = await ReportAsync(client);
        Assert.Equal((0, Many), (report.Held, report.HeldAfter));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_server_that_is_away_is_not_asked_at_every_call_while_the_token_is_good(string client)
    {
        var report = await ReportAsync(client);
        Assert.Equal([1, 1], report.Asked);
        Assert.True(report.Same);
        Assert.True(report.Renewed);
    }

    private static Task<EarlyReport> ReportAsync(string client) =>
        Reports
            .GetOrAdd(
                client,
                _ =>
                    new(() =>
                        client switch
                        {
                            "python" => Script.RunAsync<EarlyReport>("python3", "Early/early.py"),
                            "typescript" => Script.RunAsync<EarlyReport>("node", "Early/early.mjs"),
                            _ => NetReport.MakeAsync(),
                        }
                    )
            )
            .Value;
}
