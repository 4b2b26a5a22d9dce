using System.Net;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Limits;

public sealed class LoginLimitTests
{
    [Fact]
    public async Task Wrong_passwords_meet_a_limit_that_says_when_to_come_back()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await server.Http.LoginV2Async(password: "not the password")).StatusCode
            );
        }

        using var limited = await server.Http.LoginV2Async(password: "not the password");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        var wait = limited.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));

        server.Time.Advance(wait);
        Assert.Equal(HttpStatusCode.Created, (await server.Http.LoginV2Async()).StatusCode);
    }

    [Fact]
    public async Task Wrong_passwords_for_one_account_leave_the_next_account_alone()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        for (var i = 0; i < 12; i++)
        {
            await server.Http.LoginV2Async(password: "not the password");
        }

        Assert.Equal(
            HttpStatusCode.Created,
            (await server.Http.LoginV2Async(Known.OtherEmail, key: Known.OtherSubscriptionKey)).StatusCode
        );
    }

    [Fact]
    public async Task Logging_in_again_and_again_with_an_api_key_is_steered_to_refreshing_and_locks_nothing()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Http.LoginV3Async()).StatusCode);
        }

        using var steered = await server.Http.LoginV3Async();
        Assert.Equal(HttpStatusCode.TooManyRequests, steered.StatusCode);
        Assert.Equal("use_refresh_instead", (await steered.JsonAsync()).GetProperty("code").GetString());

        server.Time.Advance(steered.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.LoginV3Async()).StatusCode);
    }

    [Fact]
    public async Task One_session_refreshed_in_a_tight_loop_meets_a_limit_and_loses_nothing()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:Limits:RequestsPerCredential:Count=5"]
        );
        var token = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        for (var i = 0; i < 5; i++)
        {
            token = await (await server.Http.RefreshV2Async(token)).RefreshOfSetAsync();
        }

        using var limited = await server.Http.RefreshV2Async(token);
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        server.Time.Advance(limited.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.Created, (await server.Http.RefreshV2Async(token)).StatusCode);
    }
}
