using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Meters;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;

namespace Turnstone.Bench;

/// <summary>How a run is to be.</summary>
internal sealed record Arguments
{
    public bool Short { get; init; }

    public string? Only { get; init; }

    public string? Out { get; init; }

    public int Connections { get; init; } = 64;

    public double Seconds { get; init; } = 4;

    public int Rounds { get; init; } = 2;

    public static Arguments Read(string[] args)
    {
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            read = args[i] switch
            {
                "--short" => read with { Short = true, Seconds = 0.5, Rounds = 1, Connections = 16 },
                "--only" => read with { Only = args[++i] },
                "--out" => read with { Out = args[++i] },
                "--seconds" => read with { Seconds = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--rounds" => read with { Rounds = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                "--connections" => read with { Connections = int.Parse(args[++i], CultureInfo.InvariantCulture) },
                var other => throw new ArgumentException($"{other} is not known here."),
            };
        }

        return read;
    }
}

internal sealed record Line(Case Case, RoundResult Result, Usage Used, long? Wal);

/// <summary>The run.</summary>
internal static class Bench
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        await using var postgres = await Postgres.StartAsync(folder);
        await using var floor = await DotnetServer.StartAsync(
            folder, "floor", Path.Combine(AppContext.BaseDirectory, "turnstone-bench"), port => ["floor", $"{port}"], new Dictionary<string, string>(), "/");
        await using var sqlite = await TurnstoneServers.StartAsync(folder, "sqlite", $"Data Source={folder}/turnstone.db");
        await using var one = await TurnstoneServers.StartAsync(folder, "postgres-one", await postgres.NewDatabaseAsync("one"));
        await using var two = await TurnstoneServers.StartAsync(folder, "postgres-two", await postgres.NewDatabaseAsync("two"), nodes: 2);
        var cases = new List<Case>();
        var n = arguments.Connections;
        foreach (var (servers, name, isPostgres) in new[] { (sqlite, "SQLite", false), (one, "PostgreSQL", true), (two, "PostgreSQL, 2 nodes", true) })
        {
            byte[][] tokens = [.. (await servers.SignAsync(arguments.Short ? 1000 : 100_000)).Select(System.Text.Encoding.ASCII.GetBytes)];
            Case[] own =
            [
                await Cases.RefreshV2Async(servers, n), await Cases.RefreshV3Async(servers, n), await Cases.RefreshOAuthV1Async(servers, n),
                await Cases.ApiKeyLoginAsync(servers, n), Cases.ClientCredentials(servers, n),
                Cases.Validate(servers, n, "validate, seen before", tokens[..1]), Cases.Validate(servers, n, "validate, 100,000 tokens", tokens),
                Cases.PasswordLogin(servers, Math.Min(n, 16)),
            ];
            cases.AddRange(own.Select(c => c with { Subject = name, Postgres = isPostgres, Processes = isPostgres ? [.. c.Processes, postgres.Id] : c.Processes }));
        }

        cases.RemoveAll(c => arguments.Only is { } only && !only.Split('|').Any(word => c.Name.Contains(word, StringComparison.OrdinalIgnoreCase)));
        // The compiler goes on improving the code of a server for some seconds after it is first used.
        foreach (var c in cases.Prepend(Cases.OfFloor(floor, n, signs: false)).Prepend(Cases.OfFloor(floor, n, signs: true)))
        {
            await Round.RunAsync(c.Callers, TimeSpan.FromSeconds(arguments.Short ? 0.2 : 4));
        }

        var lines = new List<Line>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            foreach (var c in cases.Prepend(Cases.OfFloor(floor, n, signs: false)).Prepend(Cases.OfFloor(floor, n, signs: true)))
            {
                lines.Add(await MeasureAsync(c, arguments, postgres));
                Print(lines[^1], lines);
            }
        }

        Console.WriteLine($"RSS floor {floor.Resident >> 20} MB, sqlite {sqlite.Nodes[0].Resident >> 20} MB, postgres {one.Nodes[0].Resident >> 20} MB; start {sqlite.Nodes[0].StartTime.TotalSeconds:0.00} s");
        return 0;
    }

    private static async Task<Line> MeasureAsync(Case c, Arguments arguments, Postgres postgres)
    {
        await Round.RunAsync(c.Callers, TimeSpan.FromSeconds(Math.Min(1, arguments.Seconds)));
        var (before, walBefore) = (Usage.Of(c.Processes, c.Probes), c.Postgres ? await postgres.WalBytesAsync() : 0);
        var result = await Round.RunAsync(c.Callers, TimeSpan.FromSeconds(arguments.Seconds));
        return new Line(c, result, Usage.Of(c.Processes, c.Probes) - before, c.Postgres ? await postgres.WalBytesAsync() - walBefore : null);
    }

    private static void Print(Line line, List<Line> all)
    {
        var floor = all.Last(l => l.Case.Work == (line.Case.Work.StartsWith("validate", StringComparison.Ordinal) ? Cases.Unsigned : Cases.Floor));
        var (r, u, done) = (line.Result, line.Used, Math.Max(1, line.Result.Done));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Case.Name,-48} {r.PerSecond,8:0}/s  {r.PerSecond / floor.Result.PerSecond,5:0.00}x  p50 {r.Latency.At(0.5) / 1000.0,6:0.00}  p99 {r.Latency.At(0.99) / 1000.0,7:0.00}  p99.9 {r.Latency.At(0.999) / 1000.0,7:0.00} ms  cpu {u.CpuSeconds * 1e6 / done,6:0} us  alloc {u.Allocated / done,7}  written {u.Written / done,6}  writes {u.DiskWrites / (double)done,6:0.000}  wal {line.Wal / done,5}  errors {r.Failed}"));
        foreach (var (what, times) in r.Errors.Take(3))
        {
            Console.WriteLine($"    {times} x {what}");
        }
    }
}
