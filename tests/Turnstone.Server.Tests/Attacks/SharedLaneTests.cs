using System.Net;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Whoever signs in rightly and often from one address takes the hashing of passwords from nobody who comes from
/// another.
/// </summary>
public sealed class SharedLaneTests
{
    private const int Accounts = 8;
    private const int SideBySide = 10;
    private const int Tries = 8;

    [Fact]
    public async Task Who_signs_in_from_elsewhere_is_always_served_while_eight_accounts_sign_in_ten_fold()
    {
        // A queue that is full all the time, because it holds less than the crowd.
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [
                "Turnstone:Passwords:Width=1",
                "Turnstone:Passwords:Queue=16",
                "Turnstone:Limits:LoginsPerAccount:Count=100000",
            ],
            services => services.HashAsServed()
        );
        for (var i = 0; i < Accounts; i++)
        {
            await Known.AddAsync(server.Services, Email(i), Key(i));
        }

        using var elsewhere = From("127.0.0.2", server.BaseAddress);
        using var over = new CancellationTokenSource();
        var refused = 0;
        var crowd = Enumerable.Range(0, Accounts * SideBySide).Select(i => SignInAgainAndAgainAsync(i % Accounts));
        var crowds = Task.WhenAll(crowd.ToList());
        await Until.HoldsAsync(() => Volatile.Read(ref refused) > 0, "the queue is full");
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < Tries; i++)
        {
            using var login = await elsewhere.LoginV2Async();
            answers.Add(login.StatusCode);
        }

        await over.CancelAsync();
        await crowds;
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Created, status));

        async Task SignInAgainAndAgainAsync(int account)
        {
            while (!over.IsCancellationRequested)
            {
                using var login = await server.Http.LoginV2Async(Email(account), key: Key(account));
                if (login.StatusCode is HttpStatusCode.ServiceUnavailable)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }
    }

    [Fact]
    public async Task Right_passwords_of_one_account_have_a_generous_limit_and_wrong_ones_do_not_see_it()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:Limits:LoginsPerAccount:Count=3"]
        );
        for (var i = 0; i < 3; i++)
        {
            using var login = await server.Http.LoginV2Async();
            Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        }

        using var limited = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        var wait = limited.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        using var wrong = await server.Http.LoginV2Async(password: "not the password");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var other = await server.Http.LoginV2Async(Known.OtherEmail, key: Known.OtherSubscriptionKey);
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);

        server.Time.Advance(wait);
        using var later = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
    }

    private static string Email(int account) => $"crowd{account}@example.test";

    private static string Key(int account) => $"{account:x}".PadLeft(32, 'c');

    private static HttpClient From(string address, Uri server) =>
        new(SourceAddress.Handler(address)) { BaseAddress = server };
}
