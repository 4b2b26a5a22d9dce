using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Directory;

namespace Turnstone.Bench.BadDays;

/// <summary>
/// The real program, whose clock is set forward and back by an hour under load; timers and durations go on as they do
/// on a machine whose time is set. By libfaketime.
/// </summary>
internal static class WrongClock
{
    private const double Rate = 400;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(string[] args)
    {
        var library =
            args.Length > 0
                ? args[0]
                : System
                    .IO.Directory.GetDirectories("/usr/lib")
                    .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
                    .FirstOrDefault(File.Exists);
        if (library is null)
        {
            Console.Error.WriteLine(
                "libfaketimeMT.so.1 is not on this machine: install libfaketime, or name its path."
            );
            return 1;
        }

        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName;
        var clock = Path.Combine(folder, "clock");
        await File.WriteAllTextAsync(clock, "+0s\n");
        var settings = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["Turnstone__Contracts__SessionV3__EarlyRefresh"] = "Reject",
            ["Turnstone__Contracts__SessionV3__AccessTokenSeconds"] = "1",
        };
        await using var servers = await TurnstoneServers.StartAsync(
            folder,
            "clock",
            $"Data Source={folder}/turnstone.db",
            settings: settings
        );
        await servers.ImportApiKeysAsync(Customers.ApiKeys);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{servers.Nodes[0].Address}") };
        Case[] cases =
        [
            await Cases.RefreshV2Async(servers, 32),
            await Cases.RefreshV3Async(servers, 32),
            Cases.ApiKeyLogin(servers, 32, Customers.ApiKeys),
            Cases.ClientCredentials(servers, 32),
        ];
        var wrong = 0L;
        foreach (
            var (offset, seconds) in new[]
            {
                ("right", 0),
                ("an hour ahead", 3600),
                ("right again", 0),
                ("an hour behind", -3600),
                ("right again", 0),
            }
        )
        {
            await File.WriteAllTextAsync(clock, $"{(seconds < 0 ? "" : "+")}{seconds}s\n");
            await Task.Delay(TimeSpan.FromSeconds(2));
            using var told = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            var off = told.Headers.Date - TimeProvider.System.GetUtcNow();
            var offers = await Task.WhenAll(cases.Select(one => Offer.MakeAsync(one.Callers, Length, Rate)));
            Console.WriteLine(
                $"{offset} (the server's Date is off "
                    + $"by {off?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s, "
                    + $"ready: {(int)told.StatusCode})"
            );
            foreach (var (one, offer) in cases.Zip(offers))
            {
                wrong += offer.Others.Values.Sum();
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {one.Work, -24} good {offer.Good.Count}, p99 {offer.Good.At(0.99) / 1000.0:0.0} ms; "
                            + $"told to wait {offer.Refused.Count}; "
                            + $"{string.Join(", ", offer.Others.Select(other => $"{other.Value} x {other.Key}"))}"
                    )
                );
            }
        }

        return wrong == 0 ? 0 : 2;
    }
}
