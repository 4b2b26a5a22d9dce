using System.Diagnostics;
using System.Net;
using System.Text;

namespace Turnstone.Nodes.Cluster;

/// <summary>
/// One node: the published server as a process of its own on a port of its own, which it keeps when it is started
/// again.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly StringBuilder said = new();
    private Process? process;

    public Node(string name, string folder)
    {
        Name = name;
        Folder = System.IO.Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Port}"),
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    public string Name { get; }

    public string Folder { get; }

    public int Port { get; } = Programs.FreePort();

    public HttpClient Http { get; }

    public int Id => process!.Id;

    public bool Runs => process is { HasExited: false };

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

    /// <summary>Starts it without waiting.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="settings">Its settings, in their configuration form.</param>
    public void Start(string program, IReadOnlyDictionary<string, string> settings)
    {
        var start = Programs.Service(program, ["serve", "--urls", $"http://127.0.0.1:{Port}"]);
        start.WorkingDirectory = Folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // A killed process leaves the pipes of its diagnostics in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        Programs.Set(start, settings);
        process = Process.Start(start)!;
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Task<TimeSpan> ReadyAsync() => Until.HoldsAsync(IsReadyAsync, TimeSpan.FromSeconds(30), $"{Name} is ready");

    public async Task<bool> IsReadyAsync()
    {
        if (!Runs)
        {
            throw new InvalidOperationException($"{Name} has ended: {Said}");
        }

        try
        {
            using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception reason) when (reason is HttpRequestException or TaskCanceledException)
        {
            // It does not listen yet, or it listens and is too slow to answer.
            return false;
        }
    }

    /// <summary>Asks it to stop (SIGTERM) and waits for its end.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process!.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public Task SignalAsync(string signal) => Programs.SignalAsync(signal, Id);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (Runs)
        {
            await KillAsync();
        }

        process?.Dispose();
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }
}
