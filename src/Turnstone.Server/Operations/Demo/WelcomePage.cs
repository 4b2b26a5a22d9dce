using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Demo;

/// <summary>
/// Shown to a developer once the server listens: its address, and at the first start a command to paste for each
/// contract.
/// </summary>
public sealed class WelcomePage(
    IServer server,
    ServerSettings settings,
    ContractList contracts,
    DemoData demo,
    Output output
) : IHostedLifecycleService
{
    /// <summary>
    /// The demo data is created only now: if the address had been in use, the secrets would never have been shown.
    /// </summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (settings.Production)
        {
            return;
        }

        var made = await demo.EnsureAsync(cancellationToken);

        var url =
            server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? ServerSettings.DefaultUrl;
        output.WriteLine();
        output.WriteLine($"  Turnstone listens on {url}   (Ctrl+C stops it)");
        output.WriteLine($"  Portal     {url}/portal");
        output.WriteLine($"  Store      {settings.Database}");
        output.WriteLine($"  Issuer     {settings.Turnstone.Issuer}");
        output.WriteLine($"  Logins     {string.Join(" · ", contracts.All.Select(contract => contract.Login))}");
        output.WriteLine();
        if (made is { Changes.Count: > 0 })
        {
            WriteFresh(made, url);
        }
        else if (made is not null)
        {
            output.WriteLine(
                $"  The demo data ({DemoData.Email}, client {DemoData.ClientId}) exists; "
                    + "its secrets were shown at the first start."
            );
            output.WriteLine($"  Lost the password? {Self} account link {DemoData.Email}");
            output.WriteLine();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WriteFresh(ProvisioningReport fresh, string url)
    {
        var customer = new DemoCustomer
        {
            Url = url,
            Program = Self,
            Email = DemoData.Email,
            ClientId = DemoData.ClientId,
            RedirectUri = DemoData.RedirectUri,
        };
        output.WriteLine("  Demo data was created, with random secrets. They are shown only once.");
        output.WriteLine($"  Paste them into another terminal in this folder (account {DemoData.Email}):");
        output.WriteLine($"    {DemoCustomer.Password}='{fresh.Minted("account", "password")}'");
        output.WriteLine($"    {DemoCustomer.SubscriptionKey}='{fresh.Minted("subscription", "primaryKey")}'");
        output.WriteLine($"    {DemoCustomer.ApiKey}='{fresh.Minted("API key", "key")}'");
        output.WriteLine($"    {DemoCustomer.ClientSecret}='{fresh.Minted("client", "clientSecret")}'");
        output.WriteLine();
        output.WriteLine("  Then a token in each contract:");
        foreach (var contract in contracts.All)
        {
            output.WriteLine($"    # {contract.Prefix}");
            output.WriteLine($"    {contract.Samples.Demo(customer)}");
        }

        output.WriteLine();
    }

    /// <summary>The command that runs this program in this folder.</summary>
    private static string Self
    {
        get
        {
            var path = Path.GetRelativePath(
                Environment.CurrentDirectory,
                Environment.ProcessPath ?? "turnstone-server"
            );
            return path.StartsWith("..", StringComparison.Ordinal) ? Environment.ProcessPath! : path;
        }
    }
}
