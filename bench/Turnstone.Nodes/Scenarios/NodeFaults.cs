using Turnstone.Model;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>Under load one of three nodes is killed, one is paused and goes on, one is added.</summary>
internal static class NodeFaults
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        yield return await KilledAsync(place);
        yield return await PausedAsync(place);
        yield return await AddedAsync(place);
    }

    private static async Task<Findings> KilledAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "node killed",
            Done = "one of 3 nodes ended by SIGKILL under load, the next one 5 s later",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(Before);
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        foreach (
            var (node, name) in new[] { (deployment.Nodes[0], "first kill"), (deployment.Nodes[1], "second kill") }
        )
        {
            var at = load.Answers.Now;
            await node.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(5));
            findings.Recovers(load, name, at, usual, TimeSpan.FromSeconds(3));
        }

        await load.EndAsync(findings);
        return findings;
    }

    private static async Task<Findings> PausedAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "node paused",
            Done = "one of 3 nodes held (SIGSTOP) for 20 s under load and let go on (SIGCONT), then 5 s more",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(Before);
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        var at = load.Answers.Now;
        await deployment.Nodes[0].SignalAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(20));
        var again = load.Answers.Now;
        await deployment.Nodes[0].SignalAsync("CONT");
        await Task.Delay(TimeSpan.FromSeconds(5));
        findings.Recovers(load, "pause", at, usual, TimeSpan.FromSeconds(12));
        findings.Recovers(load, "going on", again, usual, TimeSpan.FromSeconds(3));
        await deployment.Proxy.UpAsync(3);
        await load.EndAsync(findings);
        findings.Figure(
            $"{(await postgres.RecordedAsync(AuditEvent.RefreshReuse)).Count} sessions "
                + "ended for a token that came back too late"
        );
        return findings;
    }

    private static async Task<Findings> AddedAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "node added",
            Done = "a third node started beside 2 under load, 8 s more",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 2, spare: 1);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(Before);
        deployment.Start(deployment.Nodes[2]);
        var took = await deployment.Nodes[2].ReadyAsync();
        await deployment.Proxy.UpAsync(3);
        await Task.Delay(TimeSpan.FromSeconds(8));
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        findings.Figure($"ready {took.TotalSeconds:0.0} s after its start");
        return findings;
    }
}
