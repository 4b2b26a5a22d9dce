using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Chaos.Clients;
using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// A process that is killed (SIGKILL) before any step of a save leaves the old set or the new one, never none, and the
/// next process goes on with it.
/// </summary>
public sealed partial class KilledSaveTests(RealServer server) : TracedTests
{
    private const int Killed = 128 + 9;

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

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Killed_before_any_step_of_a_save_a_process_leaves_the_old_set_or_the_new_one(string client)
    {
        await Strace.SkipUnlessItMayLookAsync();
        var program = RowRuns.Clients.Single(one => one.Name == client);
        var settings = new ClientSettings(server.Address, Contract, await server.CredentialsAsync(Contract), Sessions);
        var input = $"{settings.Json().ToJsonString()}\n{{\"do\":\"refresh\"}}\n";
        await RunAsync(["-o", "/dev/null", "-e", "trace=none"], program, input);
        var session = (await ReadAsync()).Session;

        var kills = 0;
        foreach (var call in await CallsAsync(program, input))
        {
            for (var number = 1; await IsKilledAsync(program, input, call, number); number++)
            {
                kills++;
                Assert.Equal(session, (await ReadAsync()).Session);
            }
        }

        // A refresh saves twice, and a save opens, writes, flushes and renames at least.
        Assert.InRange(kills, 8, int.MaxValue);
        await RunAsync(["-o", "/dev/null", "-e", "trace=none"], program, input);
        Assert.Equal(session, (await ReadAsync()).Session);
    }

    /// <summary>What it asks the system for where it saves.</summary>
    private async Task<IReadOnlyList<string>> CallsAsync(ClientProgram program, string input)
    {
        await RunAsync([.. Paths(), "-o", TraceFile], program, input);
        var calls = (await File.ReadAllLinesAsync(TraceFile, Cancel)).Select(line =>
            Call().Match(line).Groups[1].Value
        );
        return [.. calls.Where(call => call.Length > 0).Except(Harmless)];
    }

    /// <summary>Whether it came to this call so often that it was killed; otherwise it has refreshed.</summary>
    private async Task<bool> IsKilledAsync(ClientProgram program, string input, string call, int number)
    {
        var (before, _) = await ReadAsync();
        string[] kill = ["-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={number}"];
        var isKilled = await RunAsync([.. Paths(), .. kill], program, input) == Killed;
        Assert.True(isKilled || (await ReadAsync()).Refresh != before, $"{call} {number}");
        return isKilled;
    }

    private IEnumerable<string> Paths() =>
        new[] { Stored + ".new", Stored, Sessions }.SelectMany(path => new[] { "-P", path });

    private static async Task<int> RunAsync(IReadOnlyList<string> options, ClientProgram program, string input)
    {
        var (code, said, error) = await Strace.RunAsync(options, program, input);
        Assert.True(code is 0 or Killed, $"{code} {said} {error}");
        Assert.True(code is Killed || said.Contains("\"token\"", StringComparison.Ordinal), $"{said} {error}");
        return code;
    }

    /// <summary>The set that is stored, which is whole; of which session, its access token says.</summary>
    private async Task<(string Refresh, string Session)> ReadAsync()
    {
        var state = JsonNode.Parse(await File.ReadAllTextAsync(Stored, Cancel))!;
        var (access, refresh) = ((string?)state["access"], (string?)state["refresh"]);
        Assert.NotNull(refresh);
        return (refresh, Jwt.Session(access!));
    }

    [GeneratedRegex(@"^\d+ +([a-z0-9_]+)\(")]
    private static partial Regex Call();
}
