using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// PostgreSQL restarted under load: in order, and after the death of all its processes, with crash recovery.
/// </summary>
internal static class DatabaseRestart
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(3);

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        yield return await RunAsync(
            place,
            "PostgreSQL restarted",
            "PostgreSQL stopped (fast) under load, started again 3 s later",
            postgres => postgres.StopAsync(),
            postgres => postgres.StartAsync()
        );
        yield return await RunAsync(
            place,
            "PostgreSQL killed",
            "every process of PostgreSQL ended by SIGKILL under load, started again 3 s later with crash recovery",
            postgres => postgres.KillAsync(),
            postgres => postgres.StartAgainAsync()
        );
    }

    private static async Task<Findings> RunAsync(
        Place place,
        string name,
        string done,
        Func<PostgresServer, Task> down,
        Func<PostgresServer, Task> up
    )
    {
        var findings = new Findings { Scenario = name, Done = done };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 2);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(TimeSpan.FromSeconds(5));
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        var at = load.Answers.Now;
        await down(postgres);
        await Task.Delay(Away);
        await up(postgres);
        var back = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(8));
        var meanwhile = load.Answers.Between(at, back);
        var refused = meanwhile.Where(answer => answer.Status == 503).Select(answer => answer.Took).ToList();
        findings.Figure(
            $"away for {(back - at).TotalSeconds:0.0} s: {refused.Count} × 503, "
                + $"each after {Answers.Quantile(refused, 0.99).TotalSeconds:0.00} s (p99)"
        );
        findings.Recovers(load, "after its start", back, usual, TimeSpan.FromSeconds(4));
        await load.EndAsync(findings);
        return findings;
    }
}
