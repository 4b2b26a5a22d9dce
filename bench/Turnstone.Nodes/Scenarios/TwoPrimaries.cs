using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// The network breaks in two and the standby is promoted while the primary goes on: each node writes to a primary of
/// its own. Then the old primary is ended, and its node comes over with what it knows.
/// </summary>
internal static class TwoPrimaries
{
    private const int Each = 50;

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "two primaries",
            Done =
                "the wires between a primary and its asynchronous standby, and between each and the other's node, "
                + $"silent; the standby promoted beside the living primary; on each side {Each} sessions revoked "
                + $"(RFC 7009), {Each} refreshed and {Each} opened; then the old primary killed (SIGKILL) and the "
                + "wires mended",
        };
        await using var primary = await PostgresServer.StartAsync(place.Folder);
        await using var stream = new TcpGate(primary.Port);
        await using var standby = await primary.StandbyAsync(place.Folder, stream.Port);
        await using var across = new TcpGate(standby.Port);
        await using var back = new TcpGate(primary.Port);
        // Each node asks its own side first.
        string[] databases = [Both(primary.Port, across.Port), Both(standby.Port, back.Port)];
        await using var deployment = await Deployment.StartAsync(
            place,
            databases[0],
            2,
            each: node => new() { ["ConnectionStrings:Turnstone"] = databases[node] }
        );
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        await load.OpenAsync(4 * Each, deployment.Doors, [Contract.Of("/oauth2")]);
        var chains = load.Chains.ToList();
        await Until.HoldsAsync(
            async () => await standby.NumberAsync("SELECT count(*) FROM sessions") >= chains.Count,
            TimeSpan.FromSeconds(20),
            "the standby has every session"
        );

        stream.Silence();
        across.Silence();
        back.Silence();
        await standby.PromoteAsync();
        await Task.WhenAll(deployment.Nodes.Select(node => node.ReadyAsync()));
        var sides = new List<Side>();
        foreach (var (node, own) in deployment.Nodes.Zip(chains.Chunk(2 * Each)))
        {
            sides.Add(await Side.LiveAsync(load, node, own));
        }

        var had = await standby.NumberAsync(ForgottenRevocations.RevokedRows);
        await primary.KillAsync();
        across.Mend();
        back.Mend();
        var took = await Until.HoldsAsync(
            async () => await standby.NumberAsync(ForgottenRevocations.RevokedRows) >= 2 * Each,
            TimeSpan.FromSeconds(60),
            "the revocations of both sides are in the new primary"
        );

        findings.Figure(
            $"the new primary had {had} of {2 * Each} revocations; "
                + $"all were there {took.TotalSeconds:0.0} s after the old one was killed"
        );
        findings.Must("each side had its own revocations alone", had == Each);
        await ForgottenRevocations.JudgeAsync(
            findings,
            deployment,
            load,
            [.. sides.SelectMany(side => side.Revoked)],
            [.. sides.SelectMany(side => side.Kept)]
        );
        yield return findings;
    }

    private static string Both(int first, int second) =>
        $"Host=127.0.0.1:{first},127.0.0.1:{second};Username=postgres;Database=turnstone;Target Session "
        + "Attributes=primary";

    /// <summary>What was done at one node while it had a primary of its own.</summary>
    private sealed record Side(IReadOnlyList<Chain> Revoked, IReadOnlyList<Chain> Kept)
    {
        public static async Task<Side> LiveAsync(Load load, Node node, Chain[] chains)
        {
            var contract = Contract.Of("/v3");
            List<Chain> kept = [.. chains[Each..]];
            foreach (var chain in kept)
            {
                if (!await chain.GoesOnAsync(node.Http))
                {
                    throw new InvalidOperationException($"{node.Name} refreshed no more: {chain.Lost}");
                }
            }

            for (var opened = 0; opened < Each; opened++)
            {
                kept.Add(load.ChainOf(contract, await load.LoginAsync(node.Http, contract, "")));
            }

            await ForgottenRevocations.RevokeAsync([node], load.Known, [.. chains[..Each]]);
            return new Side(chains[..Each], kept);
        }
    }
}
