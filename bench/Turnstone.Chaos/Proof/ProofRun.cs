using System.Diagnostics;
using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proof;

/// <summary>
/// Every client with many processes at once, each behind faults of its own, while processes and servers are killed;
/// then every session once more, and every stolen copy.
/// </summary>
internal static class ProofRun
{
    private static readonly string[] Contracts = ["/auth/v2", "/oauth2", "/v1/oauth"];

    /// <param name="plan">How large it is.</param>
    /// <param name="servers">What the clients talk to.</param>
    /// <param name="ours">The clients that must lose nothing.</param>
    /// <param name="naive">The one that is run beside them for comparison; null for none.</param>
    /// <param name="folder">Where sessions are stored.</param>
    public static async Task<ProofResult> RunAsync(
        ProofPlan plan,
        Servers servers,
        IReadOnlyList<ClientProgram> ours,
        ClientProgram? naive,
        string folder
    )
    {
        List<Fleet> fleets = [];
        try
        {
            foreach (var program in ours)
            {
                fleets.Add(await Fleet.StartAsync(program, plan, servers, folder, Contracts));
            }

            if (naive is not null)
            {
                fleets.Add(await Fleet.StartAsync(naive, plan, servers, folder, Contracts[0]));
            }

            var watch = Stopwatch.StartNew();
            var serverKills = await DisturbAsync(plan, servers, fleets);
            var took = watch.Elapsed;
            List<FleetResult> results = [];
            foreach (var fleet in fleets)
            {
                await fleet.GoOnAsync();
                var result = FleetResult.Of(fleet);
                results.Add(
                    fleet.Name == naive?.Name
                        ? result
                        : result with
                        {
                            Caught = await Thieves.CaughtAsync(fleet, folder),
                        }
                );
            }

            return new(plan, took, serverKills, results, naive?.Name);
        }
        finally
        {
            foreach (var fleet in fleets)
            {
                await fleet.DisposeAsync();
            }
        }
    }

    /// <summary>Runs the fleets to their number of refreshes, and kills meanwhile; answers how many servers.</summary>
    private static async Task<int> DisturbAsync(ProofPlan plan, Servers servers, List<Fleet> fleets)
    {
        using var done = new CancellationTokenSource();
        var killingClients = EachAsync(
            plan.BetweenKills,
            i =>
            {
                var chance = SeededFaults.Mix(plan.Seed + i);
                fleets[(int)(chance % (ulong)fleets.Count)].KillOne(chance >> 16);
                return Task.CompletedTask;
            },
            done.Token
        );
        var killingServers = EachAsync(plan.BetweenServerKills, i => servers.KillOneAsync((int)i), done.Token);
        await Task.WhenAll(fleets.Select(fleet => fleet.RunAsync(plan.Refreshes, CancellationToken.None)));
        await done.CancelAsync();
        await killingClients;
        return await killingServers;
    }

    private static async Task<int> EachAsync(TimeSpan pause, Func<ulong, Task> act, CancellationToken done)
    {
        using var timer = new PeriodicTimer(pause);
        var count = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                await act((ulong)count++);
            }
        }
        catch (OperationCanceledException) { }

        return count;
    }
}
