using System.Data.Common;
using Turnstone.Chaos.Clients;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Chaos.Proof;

/// <summary>The run of bench/chaos: two nodes behind HAProxy on one PostgreSQL, each killed in turn.</summary>
internal static class FullProof
{
    /// <param name="root">The repository.</param>
    /// <param name="server">The published server.</param>
    /// <param name="driver">The published program of clients/drivers/dotnet.</param>
    /// <param name="plan">How large it is.</param>
    public static async Task<ProofResult> RunAsync(string root, string server, string driver, ProofPlan plan)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-chaos-");
        File.SetUnixFileMode(
            folder.FullName,
            File.GetUnixFileMode(folder.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        try
        {
            await using var postgres = await PostgresServer.StartAsync(folder.FullName);
            await using var deployment = await Deployment.StartAsync(
                new Place(server, server, folder.FullName),
                postgres.ConnectionString,
                2
            );
            var servers = new Servers(
                deployment.Proxy.Address,
                contract => CredentialsAsync(deployment, contract),
                number => KillAsync(deployment, postgres, number % 3)
            );
            await using var peer = await OidcProvider.TryStartAsync(
                root,
                plan.Sessions * ClientProgram.Stock(root).Count
            );
            return await ProofRun.RunAsync(
                plan,
                servers,
                ClientProgram.Ours(root, driver),
                Compared.All(root, servers, peer?.Servers),
                folder.FullName,
                one => Console.Error.WriteLine(one.Line($"{one.Caught}"))
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<Dictionary<string, string>> CredentialsAsync(Deployment deployment, string contract) =>
        Known.CredentialsAsync(
            deployment.Customers,
            contract,
            (family, client) => CodeAsync(deployment, family, client)
        );

    /// <summary>Written into the store, which may be the one that was just killed.</summary>
    private static async Task<string> CodeAsync(Deployment deployment, string family, string? client)
    {
        string? code = null;
        await Until.HoldsAsync(
            async () =>
            {
                try
                {
                    code = (await deployment.Customers.CodesAsync(deployment.Database, family, client, 1))[0];
                }
                catch (DbException)
                {
                    return false;
                }

                return true;
            },
            TimeSpan.FromMinutes(5),
            "a code is written"
        );
        return code!;
    }

    /// <summary>A node, or behind the last of them PostgreSQL.</summary>
    private static async Task KillAsync(Deployment deployment, PostgresServer postgres, int number)
    {
        if (number < deployment.Nodes.Count)
        {
            await deployment.Nodes[number].KillAsync();
            deployment.Start(deployment.Nodes[number]);
        }
        else
        {
            await postgres.KillAsync();
            await postgres.StartAgainAsync();
        }

        await Task.WhenAll(deployment.Nodes.Select(node => ReadyAsync(deployment, node)));
    }

    // Some two hundred processes start at the same time as it.
    private static Task<TimeSpan> ReadyAsync(Deployment deployment, Node node) =>
        Until.HoldsAsync(
            async () =>
            {
                // As an init system does with one that found no database to start on.
                if (!node.Runs)
                {
                    var last = node.Said[^Math.Min(node.Said.Length, 600)..];
                    Console.Error.WriteLine($"{node.Name} has ended and is started again: {last}");
                    deployment.Start(node);
                }

                return await node.IsReadyAsync();
            },
            TimeSpan.FromMinutes(5),
            $"{node.Name} is ready"
        );
}
