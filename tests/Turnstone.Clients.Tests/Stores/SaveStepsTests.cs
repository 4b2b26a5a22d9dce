using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Chaos.Clients;
using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>What is done to a process at each step of a save, and what it leaves for the next one.</summary>
public abstract partial class SaveStepsTests(RealServer server) : TracedTests
{
    // What changes nothing: before it, a process is killed as it is before what comes next.
    private static readonly string[] Harmless =
    [
        "access",
        "close",
        "fadvise64",
        "fcntl",
        "flock",
        "fstat",
        "fstatfs",
        "ioctl",
        "lseek",
        "lstat",
        "newfstatat",
        "pread64",
        "read",
        "readlink",
        "stat",
        "statx",
    ];

    private ClientProgram program = null!;
    private string input = "";

    /// <summary>Signs in, stores the session and tells which it is. Each later run refreshes it.</summary>
    private protected async Task<string> BeginAsync(string client)
    {
        await Strace.SkipUnlessItMayLookAsync();
        program = RowRuns.Clients.Single(one => one.Name == client);
        var settings = new ClientSettings(server.Address, Contract, await server.CredentialsAsync(Contract), Sessions);
        input = $"{settings.Json().ToJsonString()}\n{{\"do\":\"refresh\"}}\n";
        await RefreshAsync();
        return (await ReadAsync()).Session;
    }

    private protected async Task RefreshAsync() =>
        Assert.True((await RunAsync(["-o", "/dev/null", "-e", "trace=none"])).HasToken);

    /// <summary>
    /// What it asks the system for where it saves, and the so-many-th time of each: a thread counts for itself.
    /// </summary>
    private protected async Task<IReadOnlyList<(string Call, int Number)>> StepsAsync()
    {
        await RunAsync([.. Paths(), "-o", TraceFile]);
        var calls = (await File.ReadAllLinesAsync(TraceFile, Cancel))
            .Select(line => Call().Match(line))
            .Where(match => match.Success && !Harmless.Contains(match.Groups["call"].Value))
            .CountBy(match => (Call: match.Groups["call"].Value, Thread: match.Groups["thread"].Value))
            .GroupBy(one => one.Key.Call, one => one.Value);
        return [.. calls.SelectMany(call => Enumerable.Range(1, call.Max()).Select(number => (call.Key, number)))];
    }

    /// <summary>A refresh to which this is done when it comes to this call for the so-many-th time.</summary>
    private protected Task<SaveRun> InjectAsync(string call, int number, string what) =>
        RunAsync([.. Paths(), "-o", TraceFile, "-e", $"trace={call}", "-e", $"inject={call}:{what}:when={number}"]);

    /// <summary>The set that is stored, which is whole; of which session, its access token says.</summary>
    private protected async Task<(string Access, string Refresh, string Session)> ReadAsync()
    {
        var state = JsonNode.Parse(await File.ReadAllTextAsync(Stored, Cancel))!;
        var (access, refresh) = ((string?)state["access"], (string?)state["refresh"]);
        Assert.NotNull(refresh);
        return (access!, refresh, Jwt.Session(access!));
    }

    private IEnumerable<string> Paths() =>
        new[] { Stored + ".new", Stored, Sessions }.SelectMany(path => new[] { "-P", path });

    private async Task<SaveRun> RunAsync(IReadOnlyList<string> options)
    {
        var (code, said, error) = await Strace.RunAsync(options, program, input);
        return new SaveRun(code, said, error);
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>[a-z0-9_]+)\(")]
    private static partial Regex Call();

    /// <summary>How a process has ended, and what it said.</summary>
    private protected sealed record SaveRun(int ExitCode, string Said, string Error)
    {
        public bool HasToken => Said.Contains("\"token\"", StringComparison.Ordinal);
    }
}
