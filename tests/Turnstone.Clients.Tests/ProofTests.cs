using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Proof;
using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests;

/// <summary>What bench/chaos does at length, in short: see docs/benchmarks.md.</summary>
public sealed class ProofTests
{
    [Fact]
    public async Task No_client_loses_a_session_when_processes_and_the_server_are_killed()
    {
        // Its own: the other tests' server must not be killed.
        await using var server = new RealServer();
        await server.InitializeAsync();
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-proof-");
        try
        {
            var servers = new Servers(server.Address, server.CredentialsAsync, _ => server.KillAsync());
            var plan = ProofPlan.Short((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            var result = await ProofRun.RunAsync(plan, servers, RowRuns.Clients, [], folder.FullName);
            var reasons = string.Join('\n', result.Fleets.SelectMany(fleet => fleet.Reasons));
            TestContext.Current.TestOutputHelper?.WriteLine(result.Markdown());
            Assert.True(result.Held, $"{result.Markdown()}\n{reasons}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
