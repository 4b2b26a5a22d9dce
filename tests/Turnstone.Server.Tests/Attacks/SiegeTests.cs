using System.Net;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Whoever guesses at a password from many networks does not keep its owner out, who shows a browser, a network or a
/// subscription key of his; and gets no more guesses for it.
/// </summary>
public sealed class SiegeTests
{
    private const int SmallLimit = 20;
    private const int Beyond = 10;
    private const int SideBySide = 6;
    private const string OwnersNetwork = "127.200.1.1";
    private const string Unknown = "127.201.1.1";

    [Fact]
    public async Task Right_logins_side_by_side_pass_with_a_subscription_key_of_the_account()
    {
        await using var server = await BesiegedAsync(limit: 100);
        using var owner = From(server, Unknown);

        var answers = await Task.WhenAll(Times(SideBySide, () => owner.LoginV2Async()));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
    }

    [Theory]
    [InlineData(OwnersNetwork)]
    [InlineData("127.200.1.77")]
    public async Task Right_logins_side_by_side_pass_from_a_network_of_before(string address)
    {
        await using var server = await BesiegedAsync();

        var answers = await Task.WhenAll(Times(SideBySide, () => SignInAsync(server, address)));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Redirect, status));
    }

    [Fact]
    public async Task Right_logins_side_by_side_pass_in_a_browser_of_before()
    {
        var cookies = new CookieContainer();
        await using var server = await BesiegedAsync(cookies);
        var device = cookies.GetAllCookies().Single(cookie => cookie.Name == "turnstone-device");
        Assert.True(device.HttpOnly);
        Assert.DoesNotContain($"{await server.IdAsync():N}", device.Value, StringComparison.OrdinalIgnoreCase);

        var answers = await Task.WhenAll(
            Times(SideBySide, () => SignInAsync(server, Unknown, KeepingOnly(device, server)))
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Redirect, status));
    }

    [Fact]
    public async Task Another_account_s_browser_and_subscription_key_let_nobody_through()
    {
        await using var server = await BesiegedAsync();
        var cookies = new CookieContainer();
        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(server, Unknown, cookies, Known.OtherEmail));
        var device = cookies.GetAllCookies().Single(cookie => cookie.Name == "turnstone-device");

        var guesses = await Task.WhenAll(
            Times(SideBySide, () => SignInAsync(server, Unknown, KeepingOnly(device, server), password: "wrong"))
        );
        Assert.Single(guesses, status => status is HttpStatusCode.OK);
        Assert.Equal(SideBySide - 1, guesses.Count(status => status is HttpStatusCode.TooManyRequests));

        using var attacker = From(server, Unknown);
        using var right = await attacker.LoginV2Async(key: Known.OtherSubscriptionKey);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Fact]
    public async Task A_pass_has_ten_wrong_passwords_an_hour_and_then_the_siege_applies()
    {
        await using var server = await BesiegedAsync();
        var through = 0;
        for (var i = 0; i < 15; i++)
        {
            // Another address each time, so that only the pass's own limit is met.
            using var guesser = From(server, $"127.202.1.{i + 1}");
            foreach (var password in (string[])["wrong", "wrong too"])
            {
                using var guess = await guesser.LoginV2Async(password: password);
                through += guess.StatusCode is HttpStatusCode.Unauthorized ? 1 : 0;
            }
        }

        // The ten of the pass, and the one of the siege for each address after them.
        Assert.Equal(10 + 10, through);
    }

    /// <summary>Known to the server by its network; then guessed at from many others.</summary>
    private static async Task<TurnstoneServer> BesiegedAsync(CookieContainer? cookies = null, int limit = SmallLimit)
    {
        var server = await PortalServer.StartAsync([$"Turnstone:Limits:PasswordsBeforeSiege:Count={limit}"]);
        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(server, OwnersNetwork, cookies));
        for (var i = 0; i < limit + Beyond; i++)
        {
            using var guesser = From(server, $"127.100.{i}.1");
            using var guess = await guesser.LoginV2Async(password: "wrong", key: Known.OtherSubscriptionKey);
            Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        }

        return server;
    }

    private static async Task<HttpStatusCode> SignInAsync(
        TurnstoneServer server,
        string address,
        CookieContainer? cookies = null,
        string email = Known.Email,
        string password = Known.Password
    )
    {
        using var visitor = new Visitor(server.BaseAddress, address, cookies);
        using var answer = await visitor.SendAsync(
            "/portal/sign-in?Again=true",
            form: "/portal/sign-in",
            ("Email", email),
            ("Password", password)
        );
        return answer.StatusCode;
    }

    private static CookieContainer KeepingOnly(Cookie cookie, TurnstoneServer server)
    {
        var kept = new CookieContainer();
        kept.Add(server.BaseAddress, new Cookie(cookie.Name, cookie.Value));
        return kept;
    }

    private static IEnumerable<Task<T>> Times<T>(int count, Func<Task<T>> task) =>
        [.. Enumerable.Range(0, count).Select(_ => task())];

    private static HttpClient From(TurnstoneServer server, string address) =>
        new(SourceAddress.Handler(address)) { BaseAddress = server.BaseAddress };
}
