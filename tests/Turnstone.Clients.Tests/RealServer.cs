using Turnstone.Chaos.Clients;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

[assembly: AssemblyFixture(typeof(Turnstone.Clients.Tests.RealServer))]

namespace Turnstone.Clients.Tests;

/// <summary>One real server for all tests of this project, on SQLite, with customers of every contract.</summary>
public sealed class RealServer : IAsyncLifetime
{
    /// <summary>How long an access token lives where nothing may be refreshed before it has expired.</summary>
    public const int ShortAccessSeconds = 8;

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-clients-").FullName;
    private readonly Customers customers = new(Deployment.NewMasterKey())
    {
        ProductScopes = Customers.KeyScopes,
    };
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
        Known.CredentialsAsync(customers, contract, MintAsync);

    /// <summary>A one-time code as the portal mints it after a sign-in, without a browser.</summary>
    private async Task<string> MintAsync(string family, string? client)
    {
        var options = new StoreOptions { ConnectionString = Database };
        await using var store = Store.Open(options, TimeProvider.System, RandomSource.System);
        EmailAddress.TryNormalize(Customers.Email, out var email);
        var order = new CodeOrder
        {
            Contract = family,
            Account = (await store.Accounts.FindByEmailAsync(email!, CancellationToken.None))!,
            ClientId = client,
            RedirectUri = client is null ? null : Customers.RedirectUri,
            Scopes = client is null ? Scopes.None : Scopes.Of(["openid", "offline_access", "individuals.read"]),
        };
        var keys = new MasterKeyRing(new MasterKey(Convert.FromBase64String(customers.MasterKey)));
        var codes = new OneTimeCodes(store.Codes, keys, RandomSource.System, TimeProvider.System);
        return await codes.MintAsync(order, TimeSpan.FromMinutes(1), Caller.Operator, CancellationToken.None);
    }

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
