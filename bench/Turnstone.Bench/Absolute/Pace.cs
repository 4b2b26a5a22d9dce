using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// How long a refresh takes at half of the greatest rate: what customers meet on a busy day, not on the worst one.
/// </summary>
internal static class Pace
{
    private const double MostMilliseconds = 10;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (connections, seconds) = ((int)args.Number("--connections", 64), args.Number("--seconds", 10));
        var figures = new List<Figure>();
        await using var place = await ServerUnderTest.MakeAsync(
            withPostgres: Engines.Asked(args).Contains(Engines.Postgres)
        );
        foreach (var engine in Engines.Asked(args))
        {
            await using var servers = await place.ServerAsync(engine);
            var chains = await Cases.RefreshV2Async(servers, connections);
            var greatest = await GreatestAsync(chains);
            var half = (await Round.RunAsync(chains.Callers, TimeSpan.FromSeconds(seconds), greatest / 2)).Faultless();
            figures.Add(
                new Figure(
                    $"p99 of refresh at half of the greatest rate, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"/auth/v2, {connections} sessions, {half.PerSecond:0}/s of {greatest:0}/s for {seconds:0} "
                            + $"s, p50 {half.Latency.At(0.5).Ms()} ms, p99.9 {half.Latency.At(0.999).Ms()} ms"
                    ),
                    half.Latency.At(0.99) / 1000.0,
                    MostMilliseconds,
                    "ms"
                )
            );
        }

        return figures;
    }

    /// <summary>The rate of a server whose code has been compiled as far as it goes.</summary>
    public static async Task<double> GreatestAsync(Case work)
    {
        await Round.RunAsync(work.Callers, TimeSpan.FromSeconds(6));
        return (await Round.RunAsync(work.Callers, TimeSpan.FromSeconds(5))).Faultless().PerSecond;
    }
}

internal static class RoundResults
{
    /// <summary>A figure from a round in which something failed would be about something else.</summary>
    public static RoundResult Faultless(this RoundResult result) =>
        result.Failed == 0
            ? result
            : throw new InvalidOperationException(
                $"{result.Failed} of {result.Done + result.Failed} answers were not "
                    + $"good: {string.Join("; ", result.Errors.Take(3))}"
            );
}
