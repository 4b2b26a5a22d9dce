using System.Diagnostics;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// A session that was revoked on one node is refused by every other: how long after the revocation was answered?
/// </summary>
internal static class RevocationSeen
{
    private const int Count = 240;

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        yield return await NotifiedAsync(deployment);
        yield return await PolledAsync(deployment, postgres);
    }

    private static async Task<Findings> NotifiedAsync(Deployment deployment)
    {
        var findings = new Findings
        {
            Scenario = "revocation, by notification",
            Done =
                $"{Count} sessions revoked on one of 3 nodes in turn (RFC 7009); "
                + "the others asked again and again for the access token until they refuse it",
        };
        Judge(
            findings,
            await MeasureAsync(deployment, Count, TimeSpan.FromMilliseconds(10)),
            TimeSpan.FromMilliseconds(250)
        );
        return findings;
    }

    private static async Task<Findings> PolledAsync(Deployment deployment, PostgresServer postgres)
    {
        var findings = new Findings
        {
            Scenario = "revocation, notification cut",
            Done =
                $"the same with {Count} sessions while the PostgreSQL processes that serve the nodes' listeners "
                + "are held (SIGSTOP): their connections stay open and say nothing",
        };
        using var stop = new CancellationTokenSource();
        HashSet<int> held = [];
        var holding = Task.Run(() => HoldListenersAsync(postgres, held, stop.Token));
        await Until.HoldsAsync(() => held.Count >= 3, TimeSpan.FromSeconds(10), "every listener is held");
        Judge(findings, await MeasureAsync(deployment, Count, TimeSpan.FromMilliseconds(37)), TimeSpan.FromSeconds(2));
        await stop.CancelAsync();
        await holding;
        findings.Figure($"{held.Count} listeners held, those that the nodes opened anew among them");
        await Programs.SignalAsync("CONT", held);
        return findings;
    }

    private static async Task HoldListenersAsync(PostgresServer postgres, HashSet<int> held, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (
                var process in await postgres.TextsAsync(
                    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND wait_event = 'ClientRead'"
                )
            )
            {
                if (held.Add(int.Parse(process)))
                {
                    await Programs.SignalAsync("STOP", int.Parse(process));
                }
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<List<TimeSpan>> MeasureAsync(Deployment deployment, int count, TimeSpan pause)
    {
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        await load.OpenAsync(count, deployment.Doors, [Contract.Of("/oauth2")]);
        List<TimeSpan> seen = [];
        for (var i = 0; i < count; i++)
        {
            var at = deployment.Nodes[i % deployment.Nodes.Count];
            using (
                var request = Contract.Form(
                    "/oauth2/revoke",
                    deployment.Customers,
                    ("token", load.Chains[i].Last.Refresh)
                )
            )
            using (var answer = await at.Http.SendAsync(request))
            {
                answer.EnsureSuccessStatusCode();
            }

            var watch = Stopwatch.StartNew();
            seen.AddRange(
                await Task.WhenAll(
                    deployment
                        .Nodes.Where(node => node != at)
                        .Select(node => RefusedAsync(node, load.Chains[i].Last.Access, watch))
                )
            );
            await Task.Delay(pause);
        }

        return seen;
    }

    private static async Task<TimeSpan> RefusedAsync(Node node, string access, Stopwatch since)
    {
        while (true)
        {
            var asked = since.Elapsed;
            if (!await Validation.IsGoodAsync(node.Http, access))
            {
                return asked;
            }

            if (asked > TimeSpan.FromSeconds(20))
            {
                return asked;
            }

            await Task.Delay(1);
        }
    }

    private static void Judge(Findings findings, List<TimeSpan> seen, TimeSpan bound)
    {
        var (half, most, worst) = (Answers.Quantile(seen, 0.5), Answers.Quantile(seen, 0.99), seen.Max());
        findings.Figure(
            $"{seen.Count} seen on another node: p50 {half.TotalMilliseconds:0.0} ms, "
                + $"p99 {most.TotalMilliseconds:0.0} ms, longest {worst.TotalMilliseconds:0.0} ms after the revocation "
                + "was answered"
        );
        findings.Must($"p99 within {bound.TotalMilliseconds:0} ms", most <= bound);
    }
}
