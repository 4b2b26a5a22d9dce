using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>
/// Real servers on one PostgreSQL behind a real HAProxy, without stickiness, under the load of clients of every
/// contract. bench/nodes does worse to them and takes longer.
/// </summary>
public sealed class BehindHaProxyTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private string database = "";

    private static Place Place { get; } =
        new(Path.Combine(AppContext.BaseDirectory, "turnstone-server"), "", Path.GetTempPath());

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_session_of_any_contract_refreshes_on_any_node_and_a_restarted_node_refuses_nobody()
    {
        await using var deployment = await Deployment.StartAsync(Place, database, 2);
        await using var load = await deployment.LoadAsync(each: 4);
        load.Run();
        await AdvancedAsync(load, 10);
        await deployment.RestartAsync(deployment.Nodes[0]);
        await AdvancedAsync(load, 10);
        await load.EndAsync();

        Assert.All(load.Chains, chain => Assert.Null(chain.Lost));
        Assert.All(load.Answers.All, answer => Assert.True(answer.Granted, $"{answer}"));
    }

    [Fact]
    public async Task A_node_and_a_proxy_that_are_killed_under_load_lose_no_session()
    {
        await using var deployment = await Deployment.StartAsync(Place, database, 2);
        await using var load = await deployment.LoadAsync(each: 4);
        load.Run();
        await AdvancedAsync(load, 10);
        await deployment.Nodes[0].KillAsync();
        await AdvancedAsync(load, 20);
        await deployment.Proxy.KillAsync();
        await deployment.Proxy.StartAgainAsync();
        await AdvancedAsync(load, 10);
        await load.EndAsync();

        Assert.All(load.Chains, chain => Assert.Null(chain.Lost));
        Assert.All(
            load.Answers.All,
            answer => Assert.True(answer.Status != 500 && answer.Sound && answer.Took < Chain.Deadline, $"{answer}")
        );
    }

    /// <summary>Completes when every chain was refreshed so often more.</summary>
    private static Task<TimeSpan> AdvancedAsync(Load load, int times)
    {
        var goals = load.Chains.Select(chain => (Chain: chain, Goal: chain.Refreshes + times)).ToList();
        return Until.HoldsAsync(
            () => goals.TrueForAll(one => one.Chain.Refreshes >= one.Goal || one.Chain.Lost is not null),
            "every chain goes on"
        );
    }
}
