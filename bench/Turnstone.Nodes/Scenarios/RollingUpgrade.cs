using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// Three nodes are replaced in turn by the next version, whose first one migrates the store while the old ones serve
/// from it.
/// </summary>
internal static class RollingUpgrade
{
    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "rolling upgrade",
            Done =
                "3 nodes replaced in turn, under load, by a version that brings one migration more (a column, "
                + "a table and an index), and once more without the setting that the changelog asks for meanwhile",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        var before = await postgres.NumberAsync("SELECT max(version) FROM schema_versions");
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(TimeSpan.FromSeconds(3));
        foreach (var node in deployment.Nodes)
        {
            await deployment.RestartAsync(node, other: place.Next, own: NextRelease.Beside);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        foreach (var node in deployment.Nodes)
        {
            await deployment.RestartAsync(node, other: place.Next);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        var after = await postgres.NumberAsync("SELECT max(version) FROM schema_versions");
        findings.Figure($"the store went from version {before} to {after}");
        findings.Must("the store was migrated", after > before);
        yield return findings;
    }
}
