using System.Net;
using Microsoft.Extensions.Logging;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>
/// Every server of these tests logs at Trace and is searched when it closes (see <see cref="WrittenLog"/>), so the
/// whole suite looks for leaks. Here that search itself is held to finding something, and the requests whose very URL
/// is a secret are made.
/// </summary>
public sealed class SecretsInLogsTests
{
    [Fact]
    public async Task A_code_or_key_in_the_url_and_a_token_in_a_bad_request_are_logged_nowhere()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var code = await Known.CodeAsync(server.Services, "auth");
        using var tokens = await server.Http.GetAsync(
            $"/auth/v1/token?code={code}",
            TestContext.Current.CancellationToken
        );
        var refreshToken = await tokens.RefreshOfSetAsync();
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);

        using var byQuery = await server.Http.SendJsonAsync(
            $"/auth/v2/refresh?subscription-key={Known.SubscriptionKey}",
            new { token = refreshToken }
        );
        Assert.Equal(HttpStatusCode.Created, byQuery.StatusCode);

        // A reuse, an unknown path, a wrong method, a broken body: what goes wrong is what gets logged.
        await server.Http.RefreshV1Async(await byQuery.RefreshOfSetAsync());
        await server.Http.RefreshV1Async(refreshToken);
        await server.Http.GetAsync($"/auth/v1/nothing?code={code}", TestContext.Current.CancellationToken);
        await server.Http.GetAsync(
            $"/auth/v1/refresh-token?refresh_token={refreshToken}",
            TestContext.Current.CancellationToken
        );
        await server.Http.PostAsync(
            "/v3/auth/login",
            new StringContent($"{{\"api_key\":\"{Known.ApiKey}"),
            TestContext.Current.CancellationToken
        );

        server.Log.AssertNoSecret();
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(code, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Known.Password)]
    [InlineData("tsr_AQIDBAUGBwgJCgsMDQ4PEBESExQ")]
    [InlineData("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9")]
    public void The_search_finds_a_secret_that_was_written(string secret)
    {
        using var log = new WrittenLog();
        log.CreateLogger("a room").Log(LogLevel.Trace, default, secret, null, (value, _) => $"a line with {value}");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(log.AssertNoSecret);
    }
}
