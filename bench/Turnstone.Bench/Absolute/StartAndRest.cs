using System.Globalization;
using System.Security.Cryptography;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Grants;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// How long a start takes on a store that is there already, and how much memory the server holds while nothing is asked
/// of it.
/// </summary>
internal static class StartAndRest
{
    private const double MostSeconds = 1.0;
    private const double MostMegabytes = 100;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (starts, rest) = ((int)args.Number("--starts", 5), TimeSpan.FromSeconds(args.Number("--rest", 20)));
        var figures = new List<Figure>();
        await using var place = await ServerUnderTest.MakeAsync(
            withPostgres: Engines.Asked(args).Contains(Engines.Postgres)
        );
        foreach (var engine in Engines.Asked(args))
        {
            var masterKey = RandomNumberGenerator.GetBytes(32);
            var connectionString =
                engine == Engines.Sqlite
                    ? $"Data Source={place.Folder}/turnstone.db"
                    : await place.Postgres.NewDatabaseAsync("turnstone");
            await using (
                await TurnstoneServers.StartAsync(place.Folder, engine, connectionString, masterKey: masterKey)
            )
            {
                // Makes the store.
            }

            var times = new List<double>();
            for (var i = 0; i < starts; i++)
            {
                await using var again = await AgainAsync(place, engine, connectionString, masterKey);
                times.Add(again.StartTime.TotalSeconds);
            }

            times.Sort();
            figures.Add(
                new Figure(
                    $"start to the first 200 on an existing store, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"published Release build, median of {starts} starts, {times[0]:0.00} to {times[^1]:0.00} "
                            + $"s, files in the page cache"
                    ),
                    times[starts / 2],
                    MostSeconds,
                    "s"
                )
            );
            figures.AddRange(await RestAsync(place, engine, connectionString, masterKey, rest));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> RestAsync(
        ServerUnderTest place,
        string engine,
        string connectionString,
        byte[] masterKey,
        TimeSpan rest
    )
    {
        double fresh;
        await using (var resting = await AgainAsync(place, engine, connectionString, masterKey))
        {
            await Task.Delay(rest);
            fresh = Megabytes(resting);
        }

        await using var servers = await TurnstoneServers.StartAsync(
            place.Folder,
            engine,
            connectionString,
            masterKey: masterKey,
            probed: false
        );
        var server = servers.Nodes[0];
        var (refreshes, logins) = (await Cases.RefreshV2Async(servers, 64), Cases.PasswordLogin(servers, 16));
        var burst = await Task.WhenAll(
            Round.RunAsync(refreshes.Callers, TimeSpan.FromSeconds(10)),
            Round.RunAsync(logins.Callers, TimeSpan.FromSeconds(10))
        );
        var busy = Megabytes(server);
        await Task.Delay(rest);
        var after = string.Create(
            CultureInfo.InvariantCulture,
            $"{rest.TotalSeconds:0} s after 10 s of {burst[0].Faultless().PerSecond:0} refreshes "
                + $"and {burst[1].Faultless().PerSecond:0} logins a second ({busy:0} MB then)"
        );
        return
        [
            new Figure(
                $"RSS at rest, {Engines.NameOf(engine)}",
                $"{rest.TotalSeconds:0} s after a start over an existing store",
                fresh,
                MostMegabytes,
                "MB"
            ),
            new Figure(
                $"RSS at rest after a burst, {Engines.NameOf(engine)}",
                after,
                Megabytes(server),
                MostMegabytes,
                "MB"
            ),
        ];
    }

    /// <summary>A start over a store that exists, with nothing to provision.</summary>
    private static Task<DotnetServer> AgainAsync(
        ServerUnderTest place,
        string engine,
        string connectionString,
        byte[] masterKey
    ) =>
        TurnstoneServers.StartNodeAsync(
            place.Folder,
            engine,
            TurnstoneServers.Environment(connectionString, masterKey, provisioning: null),
            probed: false
        );

    private static double Megabytes(DotnetServer server) => server.Resident / (1024.0 * 1024);
}
