using System.Diagnostics;
using System.Text.Json;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Chaos.Proof;

/// <summary>oidc-provider from bench/peers, with sessions that have been opened.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private readonly Process process;
    private readonly Uri address;
    private readonly Queue<string> tokens;

    private OidcProvider(Process process, Uri address, Queue<string> tokens) =>
        (this.process, this.address, this.tokens) = (process, address, tokens);

    /// <summary>It is not killed, so it is in no worse a place than ours.</summary>
    public Servers Servers => new(address, _ => Task.FromResult(Next()), _ => Task.CompletedTask);

    /// <summary>Null where it is not installed.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="sessions">How many are opened.</param>
    public static async Task<OidcProvider?> TryStartAsync(string root, int sessions)
    {
        var peer = Path.Combine(root, "bench", "peers", "oidc-provider");
        if (!System.IO.Directory.Exists(Path.Combine(peer, "node_modules")))
        {
            return null;
        }

        var port = Programs.FreePort();
        var start = new ProcessStartInfo(Path.Combine(peer, "start"), ["--port", $"{port}", "--chains", $"{sessions}"])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        using var ready = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!);
        var tokens = ready.RootElement.GetProperty("refresh").GetProperty("tokens").EnumerateArray();
        return new(
            process,
            new Uri($"http://127.0.0.1:{port}"),
            new Queue<string>(tokens.Select(token => token.GetString()!))
        );
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Dictionary<string, string> Next() =>
        new()
        {
            ["client_id"] = "bench",
            ["client_secret"] = "bench-secret-of-forty-characters-or-more",
            ["token_path"] = "/token",
            ["refresh_token"] = tokens.Dequeue(),
        };
}
