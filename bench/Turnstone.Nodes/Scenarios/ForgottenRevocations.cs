using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// The primary dies after it has committed revocations that its asynchronous standby never got. The nodes still know
/// them, and write them again.
/// </summary>
internal static class ForgottenRevocations
{
    private const int Count = 1000;
    private const int Batch = 100;

    // A node asks the store each second where a notification does not reach it.
    private static readonly TimeSpan UntilHeard = TimeSpan.FromSeconds(2);

    public const string RevokedRows = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL";

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "revocations lost by a failover",
            Done =
                $"the stream to an asynchronous standby silent while {Count} sessions are revoked on two nodes in turn "
                + "(RFC 7009), then the primary killed (SIGKILL) and the standby promoted 2 s later",
        };
        await using var primary = await PostgresServer.StartAsync(place.Folder);
        await using var stream = new TcpGate(primary.Port);
        await using var standby = await primary.StandbyAsync(place.Folder, stream.Port);
        var both =
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=turnstone;Target "
            + "Session Attributes=primary";
        await using var deployment = await Deployment.StartAsync(place, both, 2);
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        for (var opened = 0; opened < Count; opened += Batch)
        {
            // A code is good for a minute.
            await load.OpenAsync(Batch, deployment.Doors, [Contract.Of("/oauth2")]);
        }

        await load.OpenAsync(10, deployment.Doors, [Contract.Of("/oauth2")]);
        var (revoked, kept) = (load.Chains.Take(Count).ToList(), load.Chains.Skip(Count).ToList());
        await Until.HoldsAsync(
            async () => await standby.NumberAsync("SELECT count(*) FROM sessions") >= load.Chains.Count,
            TimeSpan.FromSeconds(20),
            "the standby has every session"
        );

        stream.Silence();
        await RevokeAsync(deployment.Nodes, deployment.Customers, revoked);
        await primary.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        var had = await standby.NumberAsync(RevokedRows);
        await standby.PromoteAsync();
        var took = await Until.HoldsAsync(
            async () => await standby.NumberAsync(RevokedRows) >= Count,
            TimeSpan.FromSeconds(30),
            "every revocation is in the new primary"
        );

        findings.Figure(
            $"the standby had {had} of {Count} revocations; "
                + $"all were there {took.TotalSeconds:0.0} s after its promotion"
        );
        findings.Must("revocations were really lost", had < Count);
        await JudgeAsync(findings, deployment, load, revoked, kept);
        yield return findings;
    }

    public static async Task JudgeAsync(
        Findings findings,
        Deployment deployment,
        Load load,
        List<Chain> revoked,
        List<Chain> kept
    )
    {
        var (refreshed, good) = (0, 0);
        foreach (var chain in revoked)
        {
            refreshed += await IsRefusedAsync(load, chain) ? 0 : 1;
            foreach (var node in deployment.Nodes)
            {
                good += await StaysGoodAsync(node, chain) ? 1 : 0;
            }
        }

        var lost = 0;
        foreach (var chain in kept)
        {
            lost += await chain.GoesOnAsync(load.Http) ? 0 : 1;
        }

        findings.Figure(
            $"of {revoked.Count} revoked sessions {refreshed} were refreshed afterwards "
                + $"and {good} access tokens taken; "
                + $"of {kept.Count} that were not revoked {lost} were lost"
        );
        findings.Must("no revocation was lost", refreshed == 0 && good == 0);
        findings.Must("no other session was lost", lost == 0);
    }

    /// <summary>
    /// Whether a node takes the access token for longer than it may take to hear of what is in the store.
    /// </summary>
    private static async Task<bool> StaysGoodAsync(Node node, Chain chain)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await Validation.IsGoodAsync(node.Http, chain.Last.Access))
        {
            if (TimeProvider.System.GetElapsedTime(began) > UntilHeard)
            {
                return true;
            }

            await Task.Delay(20);
        }

        return false;
    }

    public static async Task RevokeAsync(IReadOnlyList<Node> nodes, Customers known, List<Chain> chains)
    {
        for (var i = 0; i < chains.Count; i++)
        {
            using var request = Contract.Form("/oauth2/revoke", known, ("token", chains[i].Last.Refresh));
            using var answer = await nodes[i % nodes.Count].Http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>
    /// Repeats while there is no answer, as every client does: a session is refused when an answer says so.
    /// </summary>
    public static async Task<bool> IsRefusedAsync(Load load, Chain chain) =>
        !await chain.GoesOnAsync(load.Http) && chain.Lost is not null;
}
