using Turnstone.Model;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;
using Turnstone.Sessions;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// The primary dies under load and its standby takes over. Behind an asynchronous standby, whose stream was held up
/// before, commits that were answered are lost; behind a synchronous one none is. The nodes know both by their
/// connection string and find the one that takes writes themselves.
/// </summary>
internal static class Failover
{
    private static readonly Contract Newcomer = Contract.Of("/v3");

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        yield return await RunAsync(place, synchronous: false);
        yield return await RunAsync(place, synchronous: true);
        yield return await SilentStandby.RunAsync(place);
    }

    public static async Task MakeSynchronousAsync(PostgresServer primary)
    {
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        await primary.ExecuteAsync("SELECT pg_reload_conf()");
        await Until.HoldsAsync(
            async () =>
                await primary.NumberAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1,
            TimeSpan.FromSeconds(10),
            "the standby is synchronous"
        );
    }

    private static async Task<Findings> RunAsync(Place place, bool synchronous)
    {
        var findings = synchronous
            ? new Findings
            {
                Scenario = "failover, synchronous standby",
                Done =
                    "the primary killed (SIGKILL) under load, the standby promoted 2 s later; new logins all the while",
            }
            : new Findings
            {
                Scenario = "failover, asynchronous standby",
                Done =
                    "the stream to the standby silent for the last 2 s under load, "
                    + "then the primary killed (SIGKILL) and the standby promoted 2 s later; new logins all the while",
            };
        await using var primary = await PostgresServer.StartAsync(place.Folder);
        await using var stream = new TcpGate(primary.Port);
        await using var standby = await primary.StandbyAsync(place.Folder, stream.Port);
        if (synchronous)
        {
            await MakeSynchronousAsync(primary);
        }

        var both =
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=turnstone;Target "
            + "Session Attributes=primary";
        await using var deployment = await Deployment.StartAsync(place, both, 2);
        await using var load = await deployment.LoadAsync();
        List<(TimeSpan At, Chain Chain)> newcomers = [];
        using var stop = new CancellationTokenSource();
        await load.RunAsync(TimeSpan.FromSeconds(5));
        var coming = ComeAsync(load, newcomers, stop.Token);
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        var cut = load.Answers.Now;
        if (!synchronous)
        {
            stream.Silence();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        var acknowledged = load.Answers.Between(cut, load.Answers.Now).Count(answer => answer.Granted);
        await primary.KillAsync();
        var killed = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(2));
        await standby.PromoteAsync();
        var back = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(10));
        await stop.CancelAsync();
        await coming;
        findings.Recovers(load, "after the promotion", back, usual, TimeSpan.FromSeconds(6));
        await load.EndAsync(findings);
        await JudgeAsync(findings, load, standby, synchronous, acknowledged, newcomers, (cut, killed));
        return findings;
    }

    private static async Task JudgeAsync(
        Findings findings,
        Load load,
        PostgresServer standby,
        bool synchronous,
        int acknowledged,
        List<(TimeSpan At, Chain Chain)> newcomers,
        (TimeSpan Cut, TimeSpan Killed) window
    )
    {
        var forgotten = (await standby.RecordedAsync(AuditEvent.StoreForgot)).Count;
        var gone = new List<TimeSpan>();
        foreach (var (at, chain) in newcomers)
        {
            if (!await chain.GoesOnAsync(load.Http))
            {
                gone.Add(at);
            }
        }

        var within = newcomers.Count(one => one.At >= window.Cut && one.At <= window.Killed);
        if (synchronous)
        {
            findings.Figure(
                $"{acknowledged} refreshes were answered in the 2 s before the kill; {forgotten} sessions went on "
                    + $"by g > n; {newcomers.Count} logins, {within} of them in those 2 s, {gone.Count} lost"
            );
            findings.Must("nothing was lost: no session went on by g > n", forgotten == 0);
            findings.Must("no login was lost", gone.Count == 0);
        }
        else
        {
            findings.Figure(
                $"{acknowledged} refreshes that were answered in the 2 s before the kill were lost; {forgotten} "
                    + "sessions went on by g > n"
            );
            findings.Figure(
                $"{newcomers.Count} logins, {within} of them in those 2 s; of all {gone.Count} lost (by nature: "
                    + "no row is left of them)"
            );
            findings.Must("acknowledged commits were really lost, and sessions went on by g > n", forgotten > 0);
            findings.Must(
                "no login outside of those 2 s was lost",
                gone.TrueForAll(at =>
                    at >= window.Cut - TimeSpan.FromSeconds(0.5) && at <= window.Killed + TimeSpan.FromSeconds(0.5)
                )
            );
        }
    }

    /// <summary>Somebody logs in again and again, and keeps what he was given.</summary>
    private static async Task ComeAsync(Load load, List<(TimeSpan At, Chain Chain)> newcomers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var pair = await load.LoginAsync(load.Http, Newcomer, "");
                newcomers.Add((load.Answers.Now, load.ChainOf(Newcomer, pair)));
                await Task.Delay(50, CancellationToken.None);
            }
            catch (Exception reason) when (reason is InvalidOperationException or HttpRequestException)
            {
                await Task.Delay(500, CancellationToken.None);
            }
        }
    }
}
