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
        output.Text.WriteLine();
        output.Text.WriteLine($"  Turnstone listens on {url}   (Ctrl+C stops it)");
        output.Text.WriteLine($"  Portal     {url}/portal");
        output.Text.WriteLine($"  Store      {settings.Database}");
        output.Text.WriteLine($"  Issuer     {settings.Turnstone.Issuer}");
        output.Text.WriteLine($"  Logins     {string.Join(" · ", contracts.All.Select(contract => contract.Login))}");
        output.Text.WriteLine();
        if (made is { Changes.Count: > 0 })
        {
            WriteFresh(made, url);
        }
        else if (made is not null)
        {
            output.Text.WriteLine(
                $"  The demo data ({DemoData.Email}, client {DemoData.ClientId}) exists; "
                    + "its secrets were shown at the first start."
            );
            output.Text.WriteLine();
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
            Password = fresh.Minted("account", "password"),
            SubscriptionKey = fresh.Minted("subscription", "primaryKey"),
            ApiKey = fresh.Minted("API key", "key"),
            ClientId = DemoData.ClientId,
            ClientSecret = fresh.Minted("client", "clientSecret"),
            RedirectUri = DemoData.RedirectUri,
        };
        output.Text.WriteLine("  Demo data was created, with random secrets. They are shown only once.");
        output.Text.WriteLine($"    account {DemoData.Email}   password {customer.Password}");
        output.Text.WriteLine($"    subscription key {customer.SubscriptionKey}");
        output.Text.WriteLine($"    API key {customer.ApiKey}");
        output.Text.WriteLine($"    client {DemoData.ClientId}   secret {customer.ClientSecret}");
        output.Text.WriteLine();
        output.Text.WriteLine("  A token in each contract, ready to paste into another terminal in this folder:");
        foreach (var contract in contracts.All)
        {
            output.Text.WriteLine($"    # {contract.Prefix}");
            output.Text.WriteLine($"    {contract.Samples.Demo(customer)}");
        }

        output.Text.WriteLine();
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
