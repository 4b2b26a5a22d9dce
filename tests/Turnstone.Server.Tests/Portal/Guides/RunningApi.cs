using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>A program that serves an API on a port of this machine until it is disposed.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder said = new();

    private RunningApi(int port, Process process)
    {
        this.process = process;
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public HttpClient Http { get; }

    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    public static async Task<RunningApi> StartAsync(
        string folder,
        int port,
        IReadOnlyDictionary<string, string> environment,
        params string[] words
    )
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var api = new RunningApi(port, Process.Start(start)!);
        try
        {
            await api.UntilListeningAsync(port);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private async Task UntilListeningAsync(int port)
    {
        await Until.HoldsAsync(
            async () => process.HasExited || await ListensAsync(port),
            Patience,
            "the API listens or has ended"
        );
        Assert.False(process.HasExited, $"The API does not listen. {Said}");
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }
}
