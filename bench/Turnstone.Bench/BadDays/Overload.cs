using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Meters;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Grants;

namespace Turnstone.Bench.BadDays;

/// <summary>
/// Three times the capacity: the greatest rate of refreshes, then three times that for ten seconds, then half of it
/// while the server finds back. The generator is on the same machine, so what three times as many requests cost it is
/// taken from the server; <c>--apart</c> gives each a core of its own. <c>--heed</c>: who is refused asks nothing for a
/// second, as Retry-After says. <c>--logins</c>: logins by password in place of refreshes.
/// </summary>
internal static class Overload
{
    private const int Connections = 64;
    private const int Within = 256;

    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var many = int.Parse(Value(args, "--connections") ?? "1024", CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string>();
        if (Value(args, "--bound") is { } bound)
        {
            settings["Turnstone__Limits__RequestsInWork"] = bound;
        }

        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName;
        await using var servers = await TurnstoneServers.StartAsync(
            folder,
            "overload",
            $"Data Source={folder}/turnstone.db",
            settings: settings
        );
        var server = servers.Nodes[0];
        if (args.Contains("--apart"))
        {
            await ChildProcess.RunAsync($"{folder}/taskset.log", "taskset", "-apc", "0", $"{server.Id}");
            await ChildProcess.RunAsync($"{folder}/taskset.log", "taskset", "-apc", "1", $"{Environment.ProcessId}");
        }

        Func<int, Task<Case>> work = args.Contains("--logins")
            ? n => Task.FromResult(Cases.PasswordLogin(servers, n))
            : n => Cases.RefreshV2Async(servers, n);
        var steady = await work(Connections);
        var crowd = await work(many);
        await Round.RunAsync(steady.Callers, Warming);
        await Round.RunAsync(crowd.Callers, TimeSpan.FromSeconds(1), rate: 1000);

        var greatest = await GreatestAsync(steady, await work(Within));

        var (resident, used) = (server.Resident, Usage.Of([server.Id], []));
        var heed = args.Contains("--heed");
        var offer = await Offer.MakeAsync(crowd.Callers, Length, 3 * greatest.PerSecond, heed);
        var cpu = (Usage.Of([server.Id], []) - used).CpuSeconds;
        var asked = offer.Good.Count + offer.Refused.Count + offer.Others.Values.Sum();
        Say(
            $"three times that over {many} connections{(heed ? " that heed Retry-After" : "")}: "
                + $"{offer.PerSecond(asked):0}/s were sent ({offer.PerSecond(asked) / greatest.PerSecond:0.00} x), "
                + $"the server used {cpu / offer.Elapsed.TotalSeconds:0.00} cores"
        );
        Say(
            $"  good    {offer.PerSecond(offer.Good.Count):0}/s "
                + $"({offer.PerSecond(offer.Good.Count) / greatest.PerSecond:0.00} of the greatest), "
                + $"p50 {Ms(offer.Good, 0.5)}, p99 {Ms(offer.Good, 0.99)}"
        );
        Say(
            $"  refused {offer.PerSecond(offer.Refused.Count):0}/s, p50 {Ms(offer.Refused, 0.5)}, "
                + $"p99 {Ms(offer.Refused, 0.99)}"
        );
        foreach (var (problem, times) in offer.Others)
        {
            Say($"  {times} x {problem}");
        }

        Say($"  memory  {resident >> 20} MB before, {server.Resident >> 20} MB after");
        var after = await Offer.MakeAsync(steady.Callers, Length, greatest.PerSecond / 2);
        Say(
            "afterwards half of the greatest rate, p99 by second: "
                + $"{string.Join(", ", after.Slices.Select(slice => Ms(slice, 0.99)))}; "
                + $"refused {after.Refused.Count}, others {after.Others.Values.Sum()}"
        );
        return 0;
    }

    // More connections share more commits, so the greatest rate is looked for with as many as there is room for, too.
    private static async Task<RoundResult> GreatestAsync(params Case[] cases)
    {
        var results = new List<RoundResult>();
        foreach (var one in cases)
        {
            var result = await Round.RunAsync(one.Callers, Length);
            Say(
                $"without rest over {one.Callers.Count} connections: {result.PerSecond:0}/s, "
                    + $"p50 {Ms(result.Latency, 0.5)}, p99 {Ms(result.Latency, 0.99)}, errors {result.Failed}"
            );
            results.Add(result);
        }

        return results.MaxBy(result => result.PerSecond)!;
    }

    private static string? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private static string Ms(Histogram times, double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.At(share) / 1000.0:0.0} ms");

    private static void Say(string line) => Console.WriteLine(line);
}
