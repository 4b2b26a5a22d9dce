using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Nodes.Cluster;

/// <summary>
/// A real HAProxy before the nodes, with the configuration that operators are shown; only addresses are filled in.
/// </summary>
internal sealed class HaProxy : IAsyncDisposable
{
    private const string Configuration = "haproxy.cfg";

    private readonly string folder;
    private Process process;

    private HaProxy(string folder, int port, Process process) =>
        (this.folder, Port, this.process) = (folder, port, process);

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <param name="under">Where its folder is made.</param>
    /// <param name="nodes">The servers behind it.</param>
    /// <param name="change">What a test changes in the configuration.</param>
    public static async Task<HaProxy> StartAsync(
        string under,
        IEnumerable<Node> nodes,
        Func<string, string>? change = null
    )
    {
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(under, "haproxy")).FullName;
        var port = Programs.FreePort();
        var template = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "haproxy.cfg.template"));
        var servers = string.Join('\n', nodes.Select(node => $"  server {node.Name} 127.0.0.1:{node.Port} check"));
        var configuration = template
            .Replace("{socket}", $"{folder}/admin.sock", StringComparison.Ordinal)
            .Replace("{bind}", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("{servers}", servers, StringComparison.Ordinal);
        configuration = change?.Invoke(configuration) ?? configuration;
        await File.WriteAllTextAsync(Path.Combine(folder, Configuration), configuration);
        return new HaProxy(folder, port, await RunAsync(folder));
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        File.Delete($"{folder}/admin.sock");
    }

    /// <summary>On the port of before.</summary>
    public async Task StartAgainAsync()
    {
        process.Dispose();
        process = await RunAsync(folder);
    }

    /// <summary>How many nodes its health checks find good.</summary>
    public async Task<int> UpAsync() =>
        (await AskAsync("show servers state nodes"))
            .Split('\n')
            .Count(line => line.Split(' ') is { Length: > 6 } fields && fields[5] == "2" && fields[6] == "0");

    public Task UpAsync(int count) =>
        Until.HoldsAsync(
            async () => await UpAsync() == count,
            TimeSpan.FromSeconds(30),
            $"HAProxy finds {count} nodes good"
        );

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<Process> RunAsync(string folder)
    {
        var start = new ProcessStartInfo(Find(), ["-f", Path.Combine(folder, Configuration), "-db"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.OutputDataReceived += (_, line) => said.AppendLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Until.HoldsAsync(
            () =>
                process.HasExited
                    ? throw new InvalidOperationException($"HAProxy ended: {said}")
                    : File.Exists($"{folder}/admin.sock"),
            TimeSpan.FromSeconds(10),
            "HAProxy listens"
        );
        return process;
    }

    private async Task<string> AskAsync(string words)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{folder}/admin.sock"));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{words}\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    private static string Find() => File.Exists("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";
}
