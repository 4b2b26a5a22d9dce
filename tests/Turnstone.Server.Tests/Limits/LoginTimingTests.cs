using System.Diagnostics;
using System.Net;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Limits;

/// <summary>Nobody learns from a login who exists: not from the bytes, not from the time.</summary>
[Collection(nameof(Alone))]
public sealed class LoginTimingTests
{
    private const int Rounds = 25;

    // Wide limits: the test is about the time of a password that is looked at.
    private static readonly string[] Settings =
    [
        "Turnstone:Limits:PasswordsPerAccountAndNetwork:Count=10000",
        "Turnstone:Limits:PasswordsPerNetwork:Count=10000",
        "Turnstone:Limits:PasswordsBeforeSiege:Count=10000",
    ];

    [Fact]
    public async Task An_unknown_account_and_a_wrong_password_get_the_same_bytes_in_the_same_time()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            Settings,
            services => services.HashAsServed()
        );

        // A right login stores a hash of this cost.
        using var right = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        var (known, unknown) = (new List<double>(), new List<double>());
        var bodies = new HashSet<string>();
        for (var i = -3; i < Rounds; i++)
        {
            var first = await TimeAsync(server.Http, Known.Email, bodies);
            var second = await TimeAsync(server.Http, $"nobody{i + 3}@example.test", bodies);
            if (i >= 0)
            {
                known.Add(first);
                unknown.Add(second);
            }
        }

        Assert.Single(bodies);

        // The fastest of each: whatever else the machine does only adds.
        Assert.InRange(unknown.Min() / known.Min(), 0.67, 1.5);
    }

    private static async Task<double> TimeAsync(HttpClient http, string email, HashSet<string> bodies)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.LoginV2Async(email, "not the password of anybody");
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        bodies.Add(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return took;
    }
}
