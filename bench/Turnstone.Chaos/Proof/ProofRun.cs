using System.Diagnostics;
using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proof;

/// <summary>
/// Every client with many processes at once, each behind faults of its own, while processes and servers are killed;
/// then every session once more, and every stolen copy. Then those that ours are compared with.
/// </summary>
internal static class ProofRun
{
    private static readonly string[] Contracts = ["/auth/v2", "/oauth2", "/v1/oauth"];

    /// <param name="plan">How large it is.</param>
    /// <param name="servers">What the clients talk to.</param>
    /// <param name="ours">The clients that must lose nothing.</param>
    /// <param name="compared">Those that come after them, under the same conditions.</param>
    /// <param name="folder">Where sessions are stored.</param>
    /// <param name="heard">Hears of each client's result as soon as it is there.</param>
    public static async Task<ProofResult> RunAsync(
        ProofPlan plan,
        Servers servers,
        IReadOnlyList<ClientProgram> ours,
        IReadOnlyList<Compared> compared,
        string folder,
        Action<FleetResult>? heard = null
    )
    {
        var proof = await PhaseAsync(
            plan,
            servers,
            ours.Select(program => Fleet.StartAsync(program, plan, servers, folder, Contracts)),
            fleet => fleet.RunAsync(plan.Refreshes, CancellationToken.None),
            async fleet => FleetResult.Of(fleet) with { Caught = await Thieves.CaughtAsync(fleet, folder) },
            heard
        );
        var beside = await PhaseAsync(
            plan,
            servers,
            compared.Select(other =>
                Fleet.StartAsync(
                    other.Program,
                    plan with
                    {
                        Processes = other.Alone ? plan.Sessions : plan.Processes,
                    },
                    other.Servers,
                    folder,
                    other.Contract
                )
            ),
            async fleet =>
            {
                using var over = new CancellationTokenSource(plan.Compared);
                await fleet.RunAsync(int.MaxValue, over.Token);
            },
            fleet => Task.FromResult(FleetResult.Of(fleet)),
            heard
        );
        return new(
            plan,
            proof.Took + beside.Took,
            proof.ServerKills + beside.ServerKills,
            [.. proof.Results, .. beside.Results],
            compared.Select(other => other.Program.Name).ToHashSet()
        );
    }

    /// <summary>Runs these fleets, kills meanwhile, and refreshes every session once more.</summary>
    private static async Task<Phase> PhaseAsync(
        ProofPlan plan,
        Servers servers,
        IEnumerable<Task<Fleet>> starting,
        Func<Fleet, Task> run,
        Func<Fleet, Task<FleetResult>> judge,
        Action<FleetResult>? heard
    )
    {
        List<Fleet> fleets = [];
        try
        {
            // One after the other: each opens its sessions with nothing in the way.
            foreach (var start in starting)
            {
                fleets.Add(await start);
            }

            if (fleets.Count == 0)
            {
                return new(TimeSpan.Zero, 0, []);
            }

            var watch = Stopwatch.StartNew();
            var serverKills = await DisturbAsync(plan, servers, fleets, run);
            var took = watch.Elapsed;
            List<FleetResult> results = [];
            foreach (var fleet in fleets)
            {
                await fleet.GoOnAsync();
                results.Add(await judge(fleet));
                heard?.Invoke(results[^1]);
            }

            return new(took, serverKills, results);
        }
        finally
        {
            foreach (var fleet in fleets)
            {
                await fleet.DisposeAsync();
            }
        }
    }

    /// <summary>Ends processes and servers while the fleets run; answers how many servers.</summary>
    private static async Task<int> DisturbAsync(
        ProofPlan plan,
        Servers servers,
        List<Fleet> fleets,
        Func<Fleet, Task> run
    )
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
        var running = Task.WhenAll(fleets.Select(run));

        // Nothing is proven by a run in which the killing has come to an end.
        await await Task.WhenAny(running, killingClients, killingServers);
        await done.CancelAsync();
        await running;
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
        catch (OperationCanceledException) when (done.IsCancellationRequested) { }

        return count;
    }

    private sealed record Phase(TimeSpan Took, int ServerKills, IReadOnlyList<FleetResult> Results);
}
