using System.Net;
using System.Net.Http.Json;
using Turnstone.Client;

namespace Turnstone.Clients.Tests.Early;

/// <summary>The report of the .NET client; early.py and early.mjs make those of the others.</summary>
internal sealed class NetReport : HttpMessageHandler
{
    private const int Lifetime = 1_000;
    private const int Many = 300;
    private const int Failures = 6;
    private const int Refused = 9;

    private readonly Clock clock = new();
    private bool away;
    private bool refusing;
    private int requests;

    public static async Task<EarlyReport> MakeAsync()
    {
        using var report = new NetReport();
        var leads = await report.LeadsAsync();
        var (held, heldAfter) = await report.HeldAsync();
        var refusals = await report.RefusalsAsync();
        var (asked, same, renewed) = await report.AwayAsync();
        return new EarlyReport(leads, Pauses(), held, heldAfter, refusals, asked, same, renewed);
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var number = Interlocked.Increment(ref requests);
        if (away)
        {
            throw new HttpRequestException("away");
        }

        if (refusing)
        {
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = JsonContent.Create(new { code = "no" }) }
            );
        }

        var tokens = new
        {
            access_token = $"access-{number}",
            refresh_token = $"refresh-{number}",
            expires_in = Lifetime,
            authorization = new { token = $"access-{number}", expires_in = Lifetime },
            refresh = new { token = $"refresh-{number}" },
        };
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(tokens) });
    }

    private TurnstoneSession Open(Contract? contract = null)
    {
        var options = new SessionOptions
        {
            Server = new Uri("http://tokens.example.test"),
            Contract = contract ?? Contract.AuthV2,
            Handler = this,
            Time = clock,
        };
        options.Credentials["username"] = options.Credentials["password"] = "ada";
        options.Credentials["subscription_key"] = options.Credentials["api_key"] = "key";
        return new TurnstoneSession(options);
    }

    private async Task<List<double>> LeadsAsync()
    {
        List<TurnstoneSession> sessions = [.. Enumerable.Range(0, Many).Select(_ => Open())];
        foreach (var session in sessions)
        {
            await session.GetAccessTokenAsync();
        }

        List<double> found = [];
        for (clock.Seconds = Lifetime - 70; clock.Seconds < Lifetime; clock.Seconds += 0.5)
        {
            List<TurnstoneSession> waiting = [];
            foreach (var session in sessions)
            {
                var before = requests;
                await session.GetAccessTokenAsync();
                if (requests > before)
                {
                    found.Add(Lifetime - clock.Seconds);
                    session.Dispose();
                }
                else
                {
                    waiting.Add(session);
                }
            }

            sessions = waiting;
        }

        return found;
    }

    private async Task<(int Before, int After)> HeldAsync()
    {
        clock.Seconds = 0;
        List<TurnstoneSession> sessions = [.. Enumerable.Range(0, Many).Select(_ => Open(Contract.SessionV3))];
        List<int> asked = [];
        foreach (var second in (double[])[0, Lifetime / 2, Lifetime - 60, Lifetime - 0.5, Lifetime])
        {
            (requests, clock.Seconds) = (0, second);
            foreach (var session in sessions)
            {
                await session.GetAccessTokenAsync();
            }

            asked.Add(requests);
        }

        sessions.ForEach(session => session.Dispose());
        return (asked[1..^1].Sum(), asked[^1]);
    }

    private async Task<List<List<double>>> RefusalsAsync()
    {
        List<List<double>> found = [.. Enumerable.Range(0, Refused).Select(_ => new List<double>())];
        refusing = true;
        for (var i = 0; i < Many; i++)
        {
            clock.Seconds = 0;
            using var session = Open();
            foreach (var pauses in found)
            {
                var reason = await Assert.ThrowsAsync<SignInRefusedException>(() => session.GetAccessTokenAsync());
                pauses.Add(reason.RetryAfter!.Value.TotalSeconds);
                clock.Seconds += pauses[^1] + 1;
            }
        }

        refusing = false;
        return found;
    }

    private static List<List<double>> Pauses() =>
        [
            .. Enumerable
                .Range(0, Failures)
                .Select(attempt =>
                    Enumerable.Range(0, Many).Select(_ => Backoff.Wait(attempt, null).TotalSeconds).ToList()
                ),
        ];

    private async Task<(List<int> Asked, bool Same, bool Renewed)> AwayAsync()
    {
        clock.Seconds = 0;
        using var session = Open();
        var token = (await session.GetAccessTokenAsync()).Value;
        List<int> asked = [];
        List<string> tokens = [];

        // Due since a second at least, and good for half a minute.
        for (clock.Seconds = 971; asked.Count < 2; clock.Seconds += 6)
        {
            (requests, away) = (0, true);
            var together = Enumerable.Range(0, 10).Select(_ => session.GetAccessTokenAsync());
            tokens.AddRange((await Task.WhenAll(together)).Select(one => one.Value));
            for (var i = 0; i < 10; i++)
            {
                tokens.Add((await session.GetAccessTokenAsync()).Value);
            }

            asked.Add(requests);
        }

        away = false;
        var renewed = (await session.GetAccessTokenAsync()).Value != token;
        return (asked, tokens.TrueForAll(one => one == token), renewed);
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds);
    }
}
