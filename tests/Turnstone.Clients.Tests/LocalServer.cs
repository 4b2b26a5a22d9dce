using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Clients.Tests;

/// <summary>
/// A server in Development, whose issuer is the address at which it listens, as a program on the same machine wants it.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-local-").FullName;
    private readonly Customers customers = new(Deployment.NewMasterKey()) { ProductScopes = Customers.KeyScopes };
    private readonly Node node;

    private Dictionary<string, string> settings = [];

    private LocalServer() => node = new Node("server", folder);

    public Uri Address => node.Http.BaseAddress!;

    public string Issuer => Address.ToString().TrimEnd('/');

    public HttpClient Http => node.Http;

    public string ApiKey => customers.ApiKey;

    public string SubscriptionKey => customers.SubscriptionKey;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "turnstone-server");

    private string Database => $"Data Source={Path.Combine(folder, "turnstone.db")}";

    /// <summary>A one-time code for a client, as after a sign-in.</summary>
    public async Task<string> CodeAsync(string client) =>
        (await customers.CodesAsync(Database, "oauth2", client, 1))[0];

    /// <summary>Applies a provisioning file while the server runs.</summary>
    public Task ApplyAsync(string file) => Programs.RunAsync([Program, "apply", file], settings, folder);

    /// <param name="more">Settings beside those of every local server.</param>
    public static async Task<LocalServer> StartAsync(params (string Name, string Value)[] more)
    {
        var server = new LocalServer();
        await server.BeginAsync(more);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private async Task BeginAsync((string Name, string Value)[] more)
    {
        settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Turnstone"] = Database,
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Turnstone:MasterKey"] = customers.MasterKey,
            ["Turnstone:Provision"] = await customers.WriteAsync(folder),
            ["Turnstone:Proxies:Trusted:0"] = "127.0.0.1",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        node.Start(Program, settings);
        await node.ReadyAsync();
    }
}
