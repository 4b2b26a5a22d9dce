using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Turnstone.Directory;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations.Demo;

/// <summary>
/// Shown to a developer once the server listens: its address, and at the first start a command to paste for each
/// contract.
/// </summary>
public sealed class WelcomePage(IServer server, ServerSettings settings, DemoData demo) : IHostedLifecycleService
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
        Console.WriteLine();
        Console.WriteLine($"  Turnstone listens on {url}   (Ctrl+C stops it)");
        Console.WriteLine($"  Portal     {url}/portal");
        Console.WriteLine($"  Store      {settings.Database}");
        Console.WriteLine($"  Issuer     {settings.Turnstone.Issuer}");
        Console.WriteLine(
            "  Logins     GET /auth/v1/token · POST /auth/v2/login · POST /v1/oauth/token/user · POST "
                + "/v3/auth/login · POST /oauth2/token"
        );
        Console.WriteLine();
        if (made is { Changes.Count: > 0 })
        {
            WriteFresh(made, url);
        }
        else if (made is not null)
        {
            Console.WriteLine(
                $"  The demo data ({DemoData.Email}, client {DemoData.ClientId}) exists; "
                    + "its secrets were shown at the first start."
            );
            Console.WriteLine();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void WriteFresh(ProvisioningReport fresh, string url)
    {
        var (password, secret) = (fresh.Minted("account", "password"), fresh.Minted("client", "clientSecret"));
        var (subscription, apiKey) = (fresh.Minted("subscription", "primaryKey"), fresh.Minted("API key", "key"));
        Console.WriteLine("  Demo data was created, with random secrets. They are shown only once.");
        Console.WriteLine($"    account {DemoData.Email}   password {password}");
        Console.WriteLine($"    subscription key {subscription}");
        Console.WriteLine($"    API key {apiKey}");
        Console.WriteLine($"    client {DemoData.ClientId}   secret {secret}");
        Console.WriteLine();
        Console.WriteLine("  A token in each contract, ready to paste into another terminal in this folder:");
        Line("/auth/v1", $"curl -s \"{url}/auth/v1/token?code=$({Self} code --account {DemoData.Email})\"");
        Line(
            "/auth/v2",
            $"curl -s {url}/auth/v2/login -H 'Subscription-Key: {subscription}' -H 'Content-Type: "
                + $"application/json' -d '{{\"username\":\"{DemoData.Email}\",\"password\":\"{password}\"}}'"
        );
        Line(
            "/v1/oauth",
            $"curl -s {url}/v1/oauth/token/user -d grant_type=authorization_code -d "
                + $"redirect_uri={DemoData.RedirectUri} -d client_id={DemoData.ClientId} -d client_secret={secret} -d "
                + $"code=$({Self} code --account {DemoData.Email} --client {DemoData.ClientId} --contract oauth-v1 "
                + $"--redirect-uri {DemoData.RedirectUri})"
        );
        Line(
            "/v3",
            $"curl -s {url}/v3/auth/login -H 'Content-Type: application/json' -d '{{\"api_key\":\"{apiKey}\"}}'"
        );
        Line("/oauth2", $"curl -s {url}/oauth2/token -u {DemoData.ClientId}:{secret} -d grant_type=client_credentials");
        Console.WriteLine();
    }

    private static void Line(string contract, string command)
    {
        Console.WriteLine($"    # {contract}");
        Console.WriteLine($"    {command}");
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
