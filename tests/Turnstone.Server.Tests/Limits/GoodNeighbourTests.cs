using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Limits;

/// <summary>
/// Somebody who guesses from an address is made to wait; the good clients behind the same address are not.
/// </summary>
public sealed class GoodNeighbourTests
{
    private static readonly string[] Settings = ["Turnstone:Limits:RefusalsPerNetwork:Count=3"];

    [Fact]
    public async Task A_forger_behind_the_same_address_shuts_out_no_good_client()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, Settings);
        var token = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        for (var i = 0; i < 4; i++)
        {
            await server.Http.RefreshV1Async("tsr_forged");
            await server.Http.LoginV3Async("not a key");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Http.RefreshV1Async("tsr_forged")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Http.LoginV3Async("not a key")).StatusCode);

        Assert.Equal(HttpStatusCode.Created, (await server.Http.RefreshV2Async(token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.LoginV3Async()).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.Http.OAuth2TokenAsync(
                    ("grant_type", "client_credentials"),
                    ("client_id", Known.ClientId),
                    ("client_secret", Known.ClientSecret)
                )
            ).StatusCode
        );
    }

    [Fact]
    public async Task Another_customers_subscription_refreshes_nothing_and_consumes_nothing()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var token = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();

        using var foreign = await server.Http.SendJsonAsync(
            "/auth/v2/refresh",
            new { token },
            ("Subscription-Key", Known.OtherSubscriptionKey)
        );
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await server.Http.RefreshV2Async(token)).StatusCode);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("refresh_token")]
    public async Task A_text_that_no_database_can_hold_is_refused_and_not_a_fault(string member)
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var body = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = "x",
            ["client_id"] = Known.ClientId,
            ["client_secret"] = Known.ClientSecret,
            [member] = "a\0b",
        };
        using var answer = await server.Http.SendJsonAsync("/v1/oauth/token/user", body);
        Assert.InRange((int)answer.StatusCode, 400, 401);
    }
}
