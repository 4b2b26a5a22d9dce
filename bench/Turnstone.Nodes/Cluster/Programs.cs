using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Turnstone.Nodes.Cluster;

/// <summary>Other programs: where they are, how they are run to their end, how they are signalled.</summary>
internal static class Programs
{
    private const string NewSession = "/usr/bin/setsid";

    private static readonly int LowestOutgoingPort = Math.Max(
        int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0]),
        20_000
    );

    private static readonly ConcurrentDictionary<int, bool> Given = [];

    public static async Task<string> RunAsync(
        IReadOnlyList<string> words,
        IReadOnlyDictionary<string, string>? environment = null,
        string folder = "/"
    )
    {
        var (code, output, error) = await TryAsync(words, environment, folder);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{string.Join(' ', words)} ended with {code}: {output} {error}");
    }

    public static async Task<(int Code, string Output, string Error)> TryAsync(
        IReadOnlyList<string> words,
        IReadOnlyDictionary<string, string>? environment = null,
        string folder = "/"
    )
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        Set(start, environment);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>
    /// A program with a session of its own: the kernel shares the cores between sessions first (sched(7), autogroup).
    /// As a service has, it has its share whatever runs beside it; passwords, which are hashed on what is left of
    /// that, would otherwise wait for everybody.
    /// </summary>
    public static ProcessStartInfo Service(string program, IEnumerable<string> arguments) =>
        File.Exists(NewSession) ? new(NewSession, [program, .. arguments]) : new(program, arguments);

    public static void Set(ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment)
    {
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
    }

    /// <param name="signal">As kill names it: KILL, STOP, CONT, TERM.</param>
    /// <param name="processes">Their ids; those that have ended meanwhile are no error.</param>
    public static async Task SignalAsync(string signal, params IReadOnlyCollection<int> processes)
    {
        if (processes.Count > 0)
        {
            await TryAsync(["kill", $"-{signal}", .. processes.Select(id => $"{id}")]);
        }
    }

    /// <summary>The processes that this one has started and that are still there.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
        [
            .. File.ReadAllText($"/proc/{process}/task/{process}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse),
        ];

    /// <summary>What it holds in memory, in bytes.</summary>
    public static long ResidentBytes(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        ) * 1024;

    /// <summary>
    /// A free port below those of outgoing connections, which this process has not been given before: whoever listened
    /// there and was killed finds it free again, even while many connections are made.
    /// </summary>
    public static int FreePort()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(LowestOutgoingPort - 12_000, LowestOutgoingPort);
        } while (!Given.TryAdd(port, true) || !IsFree(port));
        return port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
