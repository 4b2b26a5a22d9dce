using System.Diagnostics;
using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Credentials.Passwords;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// Logins by password against the bare hash, as many at once as the lane is wide: all that a login does beside it must
/// not show.
/// </summary>
internal static class BareArgon
{
    private const double LeastShare = 0.95;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (length, rounds, width) = (
            TimeSpan.FromSeconds(args.Number("--seconds", 6)),
            (int)args.Number("--rounds", 3),
            new PasswordLaneSettings().Width
        );
        var hashing = new PasswordHashing(RandomSource.System, Argon2id.Load());
        var hash = hashing.Hash(Customers.Password);
        var figures = new List<Figure>();
        await using var place = await ServerUnderTest.MakeAsync(
            withPostgres: Engines.Asked(args).Contains(Engines.Postgres)
        );
        foreach (var engine in Engines.Asked(args))
        {
            await using var servers = await place.ServerAsync(engine);
            var logins = Cases.PasswordLogin(servers, 16);
            await Round.RunAsync(logins.Callers, TimeSpan.FromSeconds(3));
            var (bare, loggedIn) = (0.0, 0.0);
            for (var round = 0; round < rounds; round++)
            {
                bare += Bare(hashing, hash, width, length) / rounds;
                loggedIn += (await Round.RunAsync(logins.Callers, length)).Faultless().PerSecond / rounds;
            }

            figures.Add(
                new Figure(
                    $"logins by password against the bare hash, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{hash[..hash.IndexOf('$', 12)]}, {width} at "
                            + $"once, {rounds} times {length.TotalSeconds:0} s each in turn: {loggedIn:0.0}/s by 16 "
                            + $"connections, bare {bare:0.0}/s"
                    ),
                    loggedIn / bare,
                    LeastShare,
                    "of the bare rate"
                )
                {
                    AtLeast = true,
                }
            );
        }

        return figures;
    }

    private static double Bare(PasswordHashing hashing, string hash, int width, TimeSpan length)
    {
        long done = 0;
        var clock = Stopwatch.StartNew();
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, width)
                .Select(_ => new Thread(() =>
                {
                    while (clock.Elapsed < length && hashing.Verify(hash, Customers.Password).Matches)
                    {
                        Interlocked.Increment(ref done);
                    }
                })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return done / clock.Elapsed.TotalSeconds;
    }
}
