using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.BadDays;

/// <summary>
/// Memory, and the answers of others, while very many connections do nothing, send a byte a second, or send without
/// end. Beside them 64 connections refresh 500 times a second.
/// </summary>
internal static class Crowds
{
    private const double Rate = 500;
    private const string Post =
        "POST /auth/v2/refresh HTTP/1.1\r\nHost: x\r\nSubscription-Key: "
        + Customers.SubscriptionKey
        + "\r\nContent-Type: application/json\r\n";

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] args)
    {
        var many = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName;
        await using var servers = await TurnstoneServers.StartAsync(
            folder,
            "crowds",
            $"Data Source={folder}/turnstone.db"
        );
        var (server, others) = (servers.Nodes[0], await Cases.RefreshV2Async(servers, 64));
        await Round.RunAsync(others.Callers, TimeSpan.FromSeconds(3));
        await SayAsync("nobody else", server, others, null);

        using (var idle = await Crowd.GatherAsync(server.Address, many, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
        {
            await SayAsync($"{many} idle connections", server, others, idle);
        }

        await SayAsync("after them", server, others, null);
        var half = many / 2;
        using (
            var heads = await Crowd.GatherAsync(
                server.Address,
                half,
                "POST /auth/v2/refresh HTTP/1.1\r\nX: ",
                "x",
                Second
            )
        )
        using (
            var bodies = await Crowd.GatherAsync(
                server.Address,
                half,
                $"{Post}Content-Length: 1000\r\n\r\n{{",
                " ",
                Second
            )
        )
        {
            await SayAsync($"{half} bodies at a byte a second", server, others, bodies);
            await SayAsync($"{half} heads at a byte a second", server, others, heads);
            Console.WriteLine($"  still open: {heads.Open} heads, {bodies.Open} bodies");
        }

        await SayAsync("after them", server, others, null);
        using (
            var chunks = await Crowd.GatherAsync(
                server.Address,
                64,
                $"{Post}Transfer-Encoding: chunked\r\n\r\n",
                $"400\r\n{new string(' ', 1024)}\r\n"
            )
        )
        using (
            var huge = await Crowd.GatherAsync(
                server.Address,
                64,
                $"{Post}Content-Length: 1000000000\r\n\r\n",
                new string(' ', 1024)
            )
        )
        {
            await SayAsync("64 chunked bodies without end", server, others, chunks);
            await SayAsync("64 bodies said to have 1 GB", server, others, huge);
        }

        await SayAsync("after them", server, others, null);
        return 0;
    }

    private static async Task SayAsync(string what, DotnetServer server, Case others, Crowd? crowd)
    {
        var before = server.Resident;
        var served = await Offer.MakeAsync(others.Callers, Length, Rate);
        var all = new Histogram();
        foreach (var slice in served.Slices)
        {
            all.Add(slice);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -36} RSS {before >> 20, 4} to {server.Resident >> 20, 4} MB; "
                    + $"others {served.PerSecond(served.Good.Count):0}/s, p50 {all.At(0.5) / 1000.0:0.00}, "
                    + $"p99 {all.At(0.99) / 1000.0:0.00} ms, refused {served.Refused.Count}, "
                    + $"failed {served.Others.Values.Sum()}"
            )
        );
        if (crowd is { Answers.IsEmpty: false })
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  closed by the server {crowd.CutAfter.Count} "
                        + $"({string.Join(", ", crowd.Answers.Select(answer => $"{answer.Value} x {answer.Key}"))}) "
                        + $"after {crowd.CutAfter.At(0) / 1e6:0.0} to {crowd.CutAfter.Largest / 1e6:0.0} "
                        + $"s, {crowd.Sent / 1024} KB sent"
                )
            );
        }
    }
}
