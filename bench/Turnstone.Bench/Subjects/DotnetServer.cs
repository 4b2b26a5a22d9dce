using System.Diagnostics;
using System.Net;
using Turnstone.Bench.Meters;

namespace Turnstone.Bench.Subjects;

/// <summary>A .NET server under measurement, with the probe in it.</summary>
internal sealed class DotnetServer : IAsyncDisposable
{
    private readonly ChildProcess process;

    private DotnetServer(ChildProcess process, int port, string probe) =>
        (this.process, Port, ProbePath) = (process, port, probe);

    public int Port { get; }

    public int Id => process.Id;

    public string ProbePath { get; }

    public TimeSpan StartTime { get; private set; }

    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    public long Resident => ProcessTree.Resident(Id);

    /// <param name="folder">Where it runs and logs.</param>
    /// <param name="name">What it is called there.</param>
    /// <param name="program">The program's assembly, run by the dotnet host, or an executable.</param>
    /// <param name="arguments">Its arguments, by the port it is to listen at.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="ready">A path that answers 200 when it can serve.</param>
    /// <param name="probed">Whether the probe is in it.</param>
    public static async Task<DotnetServer> StartAsync(
        string folder,
        string name,
        string program,
        Func<int, IEnumerable<string>> arguments,
        IReadOnlyDictionary<string, string> environment,
        string ready,
        bool probed = true
    )
    {
        var (port, probe) = (ChildProcess.FreePort(), Path.Combine(folder, $"{name}.probe"));
        File.Delete(probe);
        var all = new Dictionary<string, string>(environment);
        if (probed)
        {
            all["DOTNET_STARTUP_HOOKS"] = Path.Combine(
                Layout.Root,
                "bench",
                "Turnstone.Probe",
                "bin",
                Layout.Configuration,
                "net10.0",
                "Turnstone.Probe.dll"
            );
            all["TURNSTONE_PROBE"] = probe;
        }

        var began = Stopwatch.StartNew();
        var process = ChildProcess.Start(Path.Combine(folder, $"{name}.log"), program, arguments(port), all, folder);
        var server = new DotnetServer(process, port, probe);
        using var http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(5),
        };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(ready, UriKind.Relative));
                if ((int)answer.StatusCode < 500)
                {
                    server.StartTime = began.Elapsed;
                    return server;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            if (process.HasExited || began.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException($"{name} did not start: see {folder}/{name}.log");
            }

            await Task.Delay(10);
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}

/// <summary>Where things lie.</summary>
internal static class Layout
{
#if DEBUG
    public const string Configuration = "Debug";
#else
    public const string Configuration = "Release";
#endif

    public static string Root { get; } = FindRoot();

    /// <summary>What is shipped; in a debug build, whose figures mean nothing, what was just built.</summary>
    public static string Server { get; } =
        Configuration == "Debug"
            ? Path.Combine(Root, "src", "Turnstone.Server", "bin", "Debug", "net10.0", "turnstone-server")
            : Path.Combine(Root, "bench", "published", "turnstone-server");

    /// <summary>
    /// What is measured in its place: the program of the contracts alone, which serves what the whole server has made.
    /// </summary>
    public static string? Node { get; } = Environment.GetEnvironmentVariable("TURNSTONE_BENCH_NODE");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Turnstone.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The bench is run from the repository.");
    }
}
