using System.Globalization;
using System.Security.Cryptography;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Model;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// Whether a store of many sessions is as quick as one of few, and how much disk a session takes. Both stores are on
/// one PostgreSQL, each with a server of its own; they are asked in turn, at the same rate. <c>--data</c> keeps the
/// filled stores for another run; <c>--fill</c> only fills them.
/// </summary>
internal static class SessionsAtScale
{
    private const double MostTimes = 1.3;
    private const double MostBytes = 350;
    private const int Connections = 64;

    private sealed record Size(string Name, long Count)
    {
        public Histogram Latency { get; } = new();
    }

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (seconds, rounds, rate) = (
            args.Number("--seconds", 10),
            (int)args.Number("--rounds", 3),
            args.Number("--rate", 1500)
        );
        Size few = new("few", 10_000),
            many = new("many", (long)args.Number("--count", 10_000_000));
        var embedded = (long)args.Number("--embedded", 1_000_000);
        await using var place = await ServerUnderTest.MakeAsync(withPostgres: true, args.Option("--data"));
        foreach (var size in (Size[])[few, many])
        {
            await SessionTable.FillAsync(place.Postgres, size.Name, size.Count);
        }

        var bytes = await SessionTable.BytesAsync(place.Postgres, many.Name);
        var disk = new Figure(
            "bytes on disk per session, PostgreSQL",
            $"{many.Count:#,0} sessions as API keys open them, after VACUUM: {bytes.Parts}",
            bytes.Each,
            MostBytes,
            "B"
        );
        var embeddedDisk = new Figure(
            "bytes on disk per session, SQLite",
            $"the same of {embedded:#,0} sessions, by the size of the file after a checkpoint",
            await EmbeddedSessions.BytesAsync(place.Folder, embedded),
            MostBytes,
            "B"
        );
        if (args.Contains("--fill"))
        {
            return [disk, embeddedDisk];
        }

        var masterKey = await MasterKeyAsync(place.Folder);
        await using var fewServer = await TurnstoneServers.StartAsync(
            place.Folder,
            few.Name,
            place.Postgres.ConnectionStringOf(few.Name),
            masterKey: masterKey
        );
        await using var manyServer = await TurnstoneServers.StartAsync(
            place.Folder,
            many.Name,
            place.Postgres.ConnectionStringOf(many.Name),
            masterKey: masterKey
        );

        // So many that a refresh hardly meets a session, or a page of the large table, that the run had in hand before.
        var used = (int)Math.Min(many.Count, rate * ((seconds * rounds) + 10));
        var (inFew, inMany) = (
            await CallersAsync(place, few, fewServer, (int)Math.Min(used, few.Count)),
            await CallersAsync(place, many, manyServer, used)
        );
        foreach (var callers in (IReadOnlyList<(ICaller, Wire)>[])[inFew, inMany])
        {
            await Round.RunAsync(callers, TimeSpan.FromSeconds(10), rate);
        }

        for (var round = 0; round < rounds; round++)
        {
            few.Latency.Add((await Round.RunAsync(inFew, TimeSpan.FromSeconds(seconds), rate)).Faultless().Latency);
            many.Latency.Add((await Round.RunAsync(inMany, TimeSpan.FromSeconds(seconds), rate)).Faultless().Latency);
        }

        var conditions = string.Create(
            CultureInfo.InvariantCulture,
            $"PostgreSQL, {rate:0}/s over {Connections} connections, {rounds} times {seconds:0} s in turn, "
                + $"/v3; {few.Count:#,0} sessions: {Words(few.Latency)}; {many.Count:#,0} sessions, {used:#,0} of them "
                + $"refreshed in random order: {Words(many.Latency)}"
        );
        return
        [
            new Figure(
                "p50 of refresh among many sessions",
                conditions,
                many.Latency.At(0.5) / (double)few.Latency.At(0.5),
                MostTimes,
                "times that among few"
            ),
            disk,
            embeddedDisk,
        ];
    }

    private static string Words(Histogram latency) =>
        $"p50 {latency.At(0.5).Ms()} p99 {latency.At(0.99).Ms()} p99.9 {latency.At(0.999).Ms()} ms";

    // A store that is kept has signing keys that only the key it was made with opens.
    private static async Task<byte[]> MasterKeyAsync(string folder)
    {
        var path = Path.Combine(folder, "master.key");
        if (!File.Exists(path))
        {
            await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(32));
        }

        return await File.ReadAllBytesAsync(path);
    }

    private static async Task<IReadOnlyList<(ICaller Caller, Wire Wire)>> CallersAsync(
        ServerUnderTest place,
        Size size,
        TurnstoneServers servers,
        int used
    )
    {
        var sessions = await SessionTable.PickAsync(place.Postgres, size.Name, size.Count, used);
        var chains = sessions.Select(row => Cases.ChainV3(servers.RefreshTokenOf(row.Id, row.Generation))).ToArray();
        return Cases.Connected(
            [servers.Nodes[0].Address],
            Connections,
            i => new Turns([.. chains.Where((_, number) => number % Connections == i)])
        );
    }

    /// <summary>Many customers behind one connection, each asking in turn.</summary>
    private sealed class Turns(ICaller[] callers) : ICaller
    {
        private int number = -1;

        public ReadOnlyMemory<byte> Next() => callers[++number % callers.Length].Next();

        public string? Check(in Answer answer) => callers[number % callers.Length].Check(answer);
    }
}
