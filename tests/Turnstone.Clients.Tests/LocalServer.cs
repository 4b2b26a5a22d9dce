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

    /// <summary>Applies a provisioning file while the server runs.</summary>
    public Task ApplyAsync(string file) => Programs.RunAsync([Program, "apply", file], settings, folder);

    public static async Task<LocalServer> StartAsync()
    {
        var server = new LocalServer();
        await server.BeginAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private async Task BeginAsync()
    {
        settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Turnstone"] = $"Data Source={Path.Combine(folder, "turnstone.db")}",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Turnstone:MasterKey"] = customers.MasterKey,
            ["Turnstone:Provision"] = await customers.WriteAsync(folder),
            ["Turnstone:Proxies:Trusted:0"] = "127.0.0.1",
        };
        node.Start(Program, settings);
        await node.ReadyAsync();
    }
}
