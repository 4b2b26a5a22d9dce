using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// A base backup of PostgreSQL is put back while each node has its journal: sessions that were opened since go on, and
/// what was revoked since stays revoked, also where one of the journals is lost.
/// </summary>
internal static class RestoredCopy
{
    private const int Each = 40;
    private const int Refreshes = 3;

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "a copy put back, with the nodes' journals",
            Done =
                $"a base backup; then {Refreshes} refreshes of {Each} sessions, {2 * Each} logins, {2 * Each} sessions "
                + "revoked on two nodes in turn (RFC 7009); nodes and database killed (SIGKILL), the journal of one "
                + "node "
                + "deleted, the copy started, the nodes started on it",
        };
        await using var primary = await PostgresServer.StartAsync(place.Folder);
        await using var copy = await PostgresServer.EmptyAsync(place.Folder);
        var both =
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{copy.Port};Username=postgres;Database=turnstone;Target "
            + "Session Attributes=primary";
        var journals = new Dictionary<string, string> { ["Turnstone:Storage:Journal"] = "journal" };
        await using var deployment = await Deployment.StartAsync(place, both, 2, more: journals);
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        await load.OpenAsync(2 * Each, deployment.Doors, [Contract.Of("/oauth2")]);
        await primary.CopyToAsync(copy);

        await load.OpenAsync(2 * Each, deployment.Doors, [Contract.Of("/oauth2")]);
        var kept = load.Chains.Where((_, i) => i % 2 == 0).ToList();
        var revoked = load.Chains.Except(kept).ToList();
        foreach (var chain in kept.Take(Each).SelectMany(chain => Enumerable.Repeat(chain, Refreshes)))
        {
            await chain.GoesOnAsync(load.Http);
        }

        await ForgottenRevocations.RevokeAsync(deployment.Nodes, deployment.Customers, revoked);

        // Each node hears of the other's within a second.
        await Task.Delay(TimeSpan.FromSeconds(2));
        await Task.WhenAll(deployment.Nodes.Select(node => node.KillAsync()));
        await primary.KillAsync();
        System.IO.Directory.Delete(Path.Combine(deployment.Nodes[0].Folder, "journal"), recursive: true);
        await copy.StartAsync();
        var had = await copy.NumberAsync(ForgottenRevocations.RevokedRows);

        // The node that has a journal first: another would serve before it has heard.
        foreach (var node in deployment.Nodes.Reverse())
        {
            deployment.Start(node);
            await node.ReadyAsync();
        }

        await deployment.Proxy.UpAsync(deployment.Nodes.Count);
        findings.Figure($"the copy had {had} of {revoked.Count} revocations");
        findings.Must("revocations were really lost", had < revoked.Count);
        await ForgottenRevocations.JudgeAsync(findings, deployment, load, revoked, kept);
        yield return findings;
    }
}
