using Turnstone.Chaos.Clients;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

[assembly: AssemblyFixture(typeof(Turnstone.Clients.Tests.RealServer))]

namespace Turnstone.Clients.Tests;

/// <summary>One real server for all tests of this project, on SQLite, with customers of every contract.</summary>
public sealed class RealServer : IAsyncLifetime
{
    /// <summary>How long an access token lives where nothing may be refreshed before it has expired.</summary>
    public const int ShortAccessSeconds = 8;

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-clients-").FullName;
    private readonly Customers customers = new(Deployment.NewMasterKey());
    private Dictionary<string, string> settings = [];
    private Node node = null!;

    public Uri Address => node.Http.BaseAddress!;

    public HttpClient Http => node.Http;

    public string ApiKey => customers.ApiKey;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "turnstone-server");

    private string Database => $"Data Source={Path.Combine(folder, "turnstone.db")}";

    public async ValueTask InitializeAsync()
    {
        settings = await SettingsAsync();
        await Programs.RunAsync([Program, "init"], settings, folder);
        node = new Node("server", folder);
        node.Start(Program, settings);
        await node.ReadyAsync();
    }

    /// <summary>Ends it at once (SIGKILL) and starts it again at the same address.</summary>
    public async Task KillAsync()
    {
        await node.KillAsync();
        node.Start(Program, settings);
        await node.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>What signs in at a contract, by the names that clients give it.</summary>
    public Task<Dictionary<string, string>> CredentialsAsync(string contract) =>
        Known.CredentialsAsync(customers, Database, contract);

    // All rows come from one network and belong to one account: their limits are for customers.
    private async Task<Dictionary<string, string>> SettingsAsync() =>
        new()
        {
            ["ConnectionStrings:Turnstone"] = Database,
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Turnstone:Issuer"] = "https://id.example.test",
            ["Turnstone:MasterKey"] = customers.MasterKey,
            ["Turnstone:Provision"] = await customers.WriteAsync(folder),
            ["Turnstone:Contracts:SessionV3:AccessTokenSeconds"] = $"{ShortAccessSeconds}",
            ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000000",
            ["Turnstone:Limits:LoginsPerAccount:Count"] = "1000000",
            ["Turnstone:Limits:PasswordsPerAccountAndNetwork:Count"] = "1000000",
            ["Turnstone:Limits:PasswordsPerNetwork:Count"] = "1000000",
        };
}
