using System.Diagnostics;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;
using Turnstone.Nodes.Guards;

namespace Turnstone.Nodes.Scenarios;

/// <summary>Guards of APIs that follow the feed of revocations: how late, how large, and how they come back.</summary>
internal static class ManyGuards
{
    private const string Issuer = "https://id.example.test";
    private const int Guards = 50;
    private const int Count = 100;
    private const int Many = 1_000_000;

    // An hour of twenty in a minute.
    private const int Missed = 1_200;
    private const long MostBytes = 40_000_000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        await AddClientAsync(deployment);
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        await load.OpenAsync(Count + 2 * Missed + 2, deployment.Doors, [Contract.Of("/oauth2")]);
        var chains = new Queue<Chain>(load.Chains);

        // First: after 50 other guards the process holds buffers of theirs too.
        yield return await MemoryAsync(deployment, chains);
        yield return await LagAsync(deployment, chains);
        yield return await ReturnAsync(deployment, chains);
    }

    private static async Task<Findings> LagAsync(Deployment deployment, Queue<Chain> chains)
    {
        var findings = new Findings
        {
            Scenario = "guards, lag",
            Done = $"{Count} sessions revoked on one of 3 nodes in turn, {Guards} guards that follow the three",
        };
        List<GuardOfApi> guards = [];
        for (var i = 0; i < Guards; i++)
        {
            var node = deployment.Nodes[i % deployment.Nodes.Count];
            guards.Add(await GuardOfApi.StartAsync(Issuer, new RoadToNode(node.Http.BaseAddress!)));
        }

        List<TimeSpan> seen = [];
        for (var i = 0; i < Count; i++)
        {
            var token = chains.Dequeue();
            foreach (var guard in guards)
            {
                await TakesAsync(guard, token.Last.Access);
            }

            await RevokeAsync(deployment, i, token);
            seen.AddRange(await RefusedAsync(guards, token.Last.Access, Stopwatch.StartNew()));
        }

        foreach (var guard in guards)
        {
            await guard.DisposeAsync();
        }

        var (half, most) = (Answers.Quantile(seen, 0.5), Answers.Quantile(seen, 0.99));
        findings.Figure(
            $"{seen.Count} refusals after the revocation was answered: p50 {half.TotalMilliseconds:0.0} ms, "
                + $"p99 {most.TotalMilliseconds:0.0} ms, longest {seen.Max().TotalMilliseconds:0.0} ms"
        );
        findings.Must("p99 within a second", most <= Bound);
        return findings;
    }

    /// <summary>
    /// What was revoked meanwhile is what an hour away is: the guard gets it from its place in the feed, or all of it.
    /// </summary>
    private static async Task<Findings> ReturnAsync(Deployment deployment, Queue<Chain> chains)
    {
        var findings = new Findings
        {
            Scenario = "guards, back again",
            Done = $"twice: a guard cut off, {Missed:N0} sessions revoked, the way opened; one of the nodes restarted",
        };
        foreach (var restarted in new[] { false, true })
        {
            var node = deployment.Nodes[0];
            var road = new RoadToNode(node.Http.BaseAddress!);
            await using var guard = await GuardOfApi.StartAsync(Issuer, road);
            var revoked = Enumerable.Range(0, Missed).Select(_ => chains.Dequeue()).ToList();
            foreach (var chain in revoked)
            {
                await TakesAsync(guard, chain.Last.Access);
            }

            road.Close();
            for (var i = 0; i < revoked.Count; i++)
            {
                await RevokeAsync(deployment, i, revoked[i]);
            }

            if (restarted)
            {
                await deployment.RestartAsync(node);
            }

            road.Open();
            var until = Stopwatch.StartNew();
            foreach (var chain in revoked)
            {
                while (await guard.TakesAsync(chain.Last.Access) && until.Elapsed < Patience)
                {
                    await Task.Delay(1);
                }
            }

            var (away, reading) = (until.Elapsed, Stopwatch.GetElapsedTime(road.FollowedAt));
            findings.Figure(
                $"{(restarted ? "everything told anew" : "from its place")}: "
                    + $"whole {away.TotalMilliseconds:0} ms after the way was open, "
                    + $"{reading.TotalMilliseconds:0} ms after it had asked again"
            );
            findings.Must("within a second of the way", away <= Bound);
        }

        return findings;
    }

    private static async Task<Findings> MemoryAsync(Deployment deployment, Queue<Chain> chains)
    {
        var findings = new Findings
        {
            Scenario = "guards, memory",
            Done = $"a guard is told of {Many:N0} revocations; what the process holds before and after",
        };
        var token = chains.Dequeue().Last.Access;
        var (few, fewBytes, _) = await HoldsAsync(deployment, token, 0);
        await using (few)
        {
            var (full, bytes, took) = await HoldsAsync(deployment, token, Many);
            await using (full)
            {
                var own = bytes - fewBytes;
                findings.Figure($"{own / 1e6:0.0} MB, {own / (double)Many:0.0} bytes each");
                findings.Figure($"told of all within {took.TotalMilliseconds:N0} ms, with the making of the feed");
                findings.Must($"under {MostBytes / 1e6:0} MB", own < MostBytes);
                findings.Must("the guard still serves", await full.TakesAsync(token));
            }
        }

        return findings;
    }

    private static async Task<(GuardOfApi Guard, long Bytes, TimeSpan Took)> HoldsAsync(
        Deployment deployment,
        string token,
        int count
    )
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Held();
        var road = new RoadToNode(deployment.Nodes[0].Http.BaseAddress!)
        {
            Instead = new MadeFeed(count, told).Content,
        };
        var guard = await GuardOfApi.StartAsync(Issuer, road);
        await told.Task;
        var took = Stopwatch.GetElapsedTime(road.FollowedAt);
        await TakesAsync(guard, token);
        return (guard, Held() - before, took);
    }

    // GetTotalMemory's own collecting ends once two results are within 5 % of each other: 2 MB of what is wanted here.
    private static long Held()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static async Task TakesAsync(GuardOfApi guard, string token)
    {
        await Until.HoldsAsync(() => guard.TakesAsync(token), Patience, "the guard takes a good token");
    }

    private static async Task RevokeAsync(Deployment deployment, int number, Chain chain)
    {
        var node = deployment.Nodes[number % deployment.Nodes.Count];
        using var request = Contract.Form("/oauth2/revoke", deployment.Customers, ("token", chain.Last.Refresh));
        using var answer = await node.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<List<TimeSpan>> RefusedAsync(List<GuardOfApi> guards, string token, Stopwatch since)
    {
        List<TimeSpan> seen = [];
        var left = guards.ToList();
        while (left.Count > 0)
        {
            foreach (var guard in left.ToList())
            {
                var asked = since.Elapsed;
                if (asked > Patience || !await guard.TakesAsync(token))
                {
                    seen.Add(asked);
                    left.Remove(guard);
                }
            }

            await Task.Delay(1);
        }

        return seen;
    }

    private static async Task AddClientAsync(Deployment deployment)
    {
        var file = Path.Combine(deployment.Folder, "guards.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {
              "clients": [
                { "clientId": "{{GuardOfApi.ClientId}}", "clientSecret": "{{GuardOfApi.Secret}}", "introspect": true }
              ]
            }
            """
        );
        await deployment.CommandAsync("apply", file);
    }
}
