using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Work;
using Turnstone.Grants;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// What refreshes feel of a storm of logins by password: the same fixed rate with and without one, in turn.
/// </summary>
internal static class FullLane
{
    private const double MostTimes = 2;
    private const int LoginConnections = 32;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (seconds, rounds) = (args.Number("--seconds", 8), (int)args.Number("--rounds", 2));
        var figures = new List<Figure>();
        await using var place = await ServerUnderTest.MakeAsync(
            withPostgres: Engines.Asked(args).Contains(Engines.Postgres)
        );
        foreach (var engine in Engines.Asked(args))
        {
            await using var servers = await place.ServerAsync(engine);
            var (refreshes, logins) = (
                await Cases.RefreshV2Async(servers, 64),
                Cases.PasswordLogin(servers, LoginConnections)
            );
            var rate = args.Number("--rate", await Pace.GreatestAsync(refreshes) / 3);
            await Round.RunAsync(logins.Callers, TimeSpan.FromSeconds(1));
            var (calm, stormy, loggedIn) = (new Histogram(), new Histogram(), 0.0);
            for (var round = 0; round < rounds; round++)
            {
                calm.Add(
                    (await Round.RunAsync(refreshes.Callers, TimeSpan.FromSeconds(seconds), rate)).Faultless().Latency
                );
                var storm = Round.RunAsync(logins.Callers, TimeSpan.FromSeconds(seconds + 2));
                await Task.Delay(TimeSpan.FromSeconds(1));
                stormy.Add(
                    (await Round.RunAsync(refreshes.Callers, TimeSpan.FromSeconds(seconds), rate)).Faultless().Latency
                );
                loggedIn += (await storm).Faultless().PerSecond / rounds;
            }

            figures.Add(
                new Figure(
                    $"p99 of refresh while the password lane is full, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"64 sessions at {rate:0}/s for {rounds} times {seconds:0} s; "
                            + $"without logins p50 {calm.At(0.5).Ms()} p99 {calm.At(0.99).Ms()} "
                            + $"p99.9 {calm.At(0.999).Ms()} ms; with {LoginConnections} connections that log "
                            + $"in, {loggedIn:0.0}/s, p50 {stormy.At(0.5).Ms()} p99 {stormy.At(0.99).Ms()} "
                            + $"p99.9 {stormy.At(0.999).Ms()} ms"
                    ),
                    stormy.At(0.99) / (double)calm.At(0.99),
                    MostTimes,
                    "times that without"
                )
            );
        }

        return figures;
    }
}
