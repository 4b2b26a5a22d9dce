using System.Globalization;
using Microsoft.Data.Sqlite;
using Turnstone.Bench.Load;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// What a store grows by while a few sessions refresh very often: a row is updated in place, so it should be next to
/// nothing.
/// </summary>
internal static class Growth
{
    private const double MostMegabytes = 4;
    private const int Sessions = 64;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var refreshes = (long)args.Number("--refreshes", 1_000_000);
        var figures = new List<Figure>();
        foreach (var engine in Engines.Asked(args))
        {
            await using var place = await ServerUnderTest.MakeAsync(withPostgres: engine == Engines.Postgres);
            await using var servers = await place.ServerAsync(engine);
            var chains = await Cases.RefreshV3Async(servers, Sessions);
            var before = await SizeAsync(place, engine);
            var (done, largest) = (0L, 0L);
            while (done < refreshes)
            {
                var round = (await Round.RunAsync(chains.Callers, TimeSpan.FromSeconds(5))).Faultless();
                done += round.Done;
                largest = Math.Max(largest, await OnDiskAsync(place, engine));
                Console.Error.WriteLine($"{engine}: {done} of {refreshes} refreshes, {round.PerSecond:0}/s");
            }

            var when = engine == Engines.Sqlite ? "after a checkpoint; with its log" : "after VACUUM; at times";
            var (grown, parts) = (await SizeAsync(place, engine) - before, await PartsAsync(place, engine));
            figures.Add(
                new Figure(
                    $"growth over {refreshes:#,0} refreshes, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{done} refreshes of {Sessions} sessions on /v3, {before / 1048576.0:0.00} MB before, {when} "
                            + $"{largest / 1048576.0:0.0} MB at most meanwhile{parts}"
                    ),
                    grown / 1048576.0,
                    MostMegabytes,
                    "MB"
                )
            );
        }

        return figures;
    }

    // As it is when the engine's own upkeep has been there.
    private static async Task<long> SizeAsync(ServerUnderTest place, string engine)
    {
        if (engine == Engines.Postgres)
        {
            await place.Postgres.ExecuteAsync("turnstone", "VACUUM");
            await place.Postgres.ExecuteAsync("turnstone", "CHECKPOINT");
            return await OnDiskAsync(place, engine);
        }

        using var connection = new SqliteConnection($"Data Source={place.Folder}/turnstone.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
        return await OnDiskAsync(place, engine);
    }

    private static async Task<long> OnDiskAsync(ServerUnderTest place, string engine) =>
        engine == Engines.Postgres
            ? (long)(await place.Postgres.ExecuteAsync("turnstone", "SELECT pg_database_size('turnstone')"))!
            : System
                .IO.Directory.GetFiles(place.Folder, "turnstone.db*")
                .Where(path => !path.EndsWith("-shm", StringComparison.Ordinal))
                .Sum(path => new FileInfo(path).Length);

    // Which tables are large now.
    private static async Task<string> PartsAsync(ServerUnderTest place, string engine) =>
        engine == Engines.Sqlite
            ? ""
            : "; "
                + await place.Postgres.ExecuteAsync(
                    "turnstone",
                    "SELECT string_agg(relname || ' ' || pg_total_relation_size(oid) / 1024 || ' kB', ', ') "
                        + "FROM pg_class WHERE relname LIKE 'audit%' OR relname IN ('sessions', 'usage_counts')"
                );
}
