using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>No stickiness: a session is opened on one node and refreshed on whichever the proxy takes.</summary>
internal static class AnyNode
{
    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        foreach (var count in new[] { 2, 3 })
        {
            yield return await RunAsync(place, count, TimeSpan.FromSeconds(20));
        }
    }

    private static async Task<Findings> RunAsync(Place place, int count, TimeSpan time)
    {
        var findings = new Findings
        {
            Scenario = $"{count} nodes, any node",
            Done =
                $"every contract logged in on each of {count} nodes in turn, "
                + $"refreshed through HAProxy for {time.TotalSeconds:0} s, and every access token validated on every "
                + "node",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, count);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(time);
        await load.EndAsync(findings);
        findings.NothingRefused(load);

        var refused = 0;
        foreach (var chain in load.Chains)
        {
            foreach (var node in deployment.Nodes)
            {
                refused += await Validation.IsGoodAsync(node.Http, chain.Last.Access) ? 0 : 1;
            }
        }

        findings.Must("each last access token is good on every node", refused == 0);
        return findings;
    }
}
