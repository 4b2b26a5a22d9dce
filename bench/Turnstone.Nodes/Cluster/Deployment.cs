using Turnstone.Model;
using Turnstone.Nodes.Clients;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Nodes.Cluster;

/// <summary>Nodes on one PostgreSQL behind HAProxy, put together as docs/operations.md has it.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly List<Node> nodes = [];
    private readonly string program;
    private readonly Dictionary<string, string> settings;

    private Deployment(
        string folder,
        string program,
        string database,
        Customers customers,
        Dictionary<string, string> settings
    ) => (Folder, this.program, Database, Customers, this.settings) = (folder, program, database, customers, settings);

    public string Folder { get; }

    /// <summary>The connection string of the first node and of whoever looks in from outside.</summary>
    public string Database { get; }

    public Customers Customers { get; }

    public IReadOnlyList<Node> Nodes => nodes;

    public HaProxy Proxy { get; private set; } = null!;

    public IReadOnlyList<Uri> Doors => [.. nodes.Where(node => node.Runs).Select(node => node.Http.BaseAddress!)];

    /// <param name="place">Where the program and the folders are.</param>
    /// <param name="database">The connection string of the nodes.</param>
    /// <param name="count">How many nodes start.</param>
    /// <param name="spare">How many more HAProxy knows, that do not run yet.</param>
    /// <param name="more">Settings beside those of every deployment.</param>
    /// <param name="each">A node's own settings, by its place.</param>
    public static async Task<Deployment> StartAsync(
        Place place,
        string database,
        int count,
        int spare = 0,
        IReadOnlyDictionary<string, string>? more = null,
        Func<int, Dictionary<string, string>>? each = null
    )
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-nodes-").FullName;
        var customers = new Customers(NewMasterKey());
        var settings = Settings(database, customers, await customers.WriteAsync(folder));
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        var deployment = new Deployment(folder, place.Program, database, customers, settings);
        try
        {
            for (var i = 0; i < count + spare; i++)
            {
                deployment.nodes.Add(new Node($"node{i + 1}", folder));
            }

            await deployment.MakeStoreAsync();
            for (var i = 0; i < count; i++)
            {
                deployment.Start(deployment.nodes[i], own: each?.Invoke(i));
            }

            await Task.WhenAll(deployment.nodes.Take(count).Select(node => node.ReadyAsync()));
            deployment.Proxy = await HaProxy.StartAsync(folder, deployment.nodes);
            await deployment.Proxy.UpAsync(count);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The program of the contracts alone, which every node but the first then runs: the first provisions, and would
    /// serve the portal.
    /// </summary>
    private static string? SmallNode { get; } = Environment.GetEnvironmentVariable("TURNSTONE_NODES_SMALL");

    public static string NewMasterKey() => Convert.ToBase64String(RandomSource.System.Bytes(32));

    /// <summary>Starts a node with the deployment's settings, another program or own settings where given.</summary>
    public void Start(Node node, string? other = null, IReadOnlyDictionary<string, string>? own = null)
    {
        var all = new Dictionary<string, string>(settings);
        foreach (var (name, value) in own ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        node.Start(other ?? (node == nodes[0] ? program : SmallNode ?? program), all);
    }

    /// <summary>Stops a node as an operator does, and starts it again.</summary>
    public async Task RestartAsync(Node node, string? other = null, IReadOnlyDictionary<string, string>? own = null)
    {
        var code = await node.StopAsync();
        if (code != 0)
        {
            throw new InvalidOperationException($"{node.Name} ended with {code}: {node.Said}");
        }

        Start(node, other, own);
        await node.ReadyAsync();
        await Proxy.UpAsync(nodes.Count(each => each.Runs));
    }

    /// <summary>Runs one of the operator's commands beside the nodes.</summary>
    public Task<string> CommandAsync(params IReadOnlyList<string> words) =>
        Programs.RunAsync([program, .. words], settings, Folder);

    /// <summary>As <see cref="CommandAsync"/>, whatever it ends with.</summary>
    public Task<(int Code, string Output, string Error)> TryCommandAsync(params IReadOnlyList<string> words) =>
        Programs.TryAsync([program, .. words], settings, Folder);

    // A release from before there was init makes the store by migrate.
    private async Task MakeStoreAsync()
    {
        try
        {
            await CommandAsync("init");
        }
        catch (InvalidOperationException)
        {
            await CommandAsync("migrate");
        }
    }

    /// <summary>Migrates the store by another program.</summary>
    public Task<string> MigrateAsync(string other) => Programs.RunAsync([other, "migrate"], settings, Folder);

    public async Task<Load> LoadAsync(int each = 10, IReadOnlyList<Contract>? contracts = null)
    {
        var load = new Load(Proxy.Address, Customers, Database);
        await load.OpenAsync(each, Doors, contracts);
        return load;
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        System.IO.Directory.Delete(Folder, recursive: true);
    }

    // All load comes from one network and belongs to one client and one key: their limits are for customers.
    private static Dictionary<string, string> Settings(string database, Customers customers, string provision) =>
        new()
        {
            ["ConnectionStrings:Turnstone"] = database,
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Turnstone:Issuer"] = "https://id.example.test",
            ["Turnstone:MasterKey"] = customers.MasterKey,
            ["Turnstone:Provision"] = provision,
            ["Turnstone:Proxies:Trusted:0"] = "127.0.0.1",
            ["Turnstone:DrainSeconds"] = "3",
            ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
            ["Turnstone:Limits:RequestsPerCredential:Count"] = "10000000",
            ["Turnstone:Limits:RefusalsPerNetwork:Count"] = "10000000",
            ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000000",
            ["Turnstone:Limits:LoginsPerAccount:Count"] = "1000000",
        };
}

/// <summary>Where a run finds and puts things.</summary>
/// <param name="Program">The published server.</param>
/// <param name="Next">The published server of the next version, which brings one migration more.</param>
/// <param name="Folder">Where clusters and nodes keep their files.</param>
internal sealed record Place(string Program, string Next, string Folder);
