using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Turnstone.Bench.Subjects;

/// <summary>A program that was started here and ends with us; what it says goes to a file.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StreamWriter log;

    private ChildProcess(Process process, StreamWriter log) => (this.process, this.log) = (process, log);

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <param name="logPath">Where its output goes.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="heard">Told each line of its output.</param>
    public static ChildProcess Start(
        string logPath,
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        Action<string>? heard = null
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start }, new StreamWriter(logPath) { AutoFlush = true });
        child.process.OutputDataReceived += (_, line) => child.Hear(line.Data, heard);
        child.process.ErrorDataReceived += (_, line) => child.Hear(line.Data, null);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end; throws with its last words when it fails.</summary>
    public static async Task RunAsync(string logPath, string file, params IEnumerable<string> arguments)
    {
        await using var child = Start(logPath, file, arguments);
        await child.process.WaitForExitAsync();
        if (child.process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} ended with {child.process.ExitCode}: see {logPath}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
        await log.DisposeAsync();
    }

    private void Hear(string? line, Action<string>? heard)
    {
        if (line is not null)
        {
            lock (log)
            {
                log.WriteLine(line);
            }

            heard?.Invoke(line);
        }
    }
}
