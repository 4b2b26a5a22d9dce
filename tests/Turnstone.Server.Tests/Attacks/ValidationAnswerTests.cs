using System.Text.Json;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// A backend that asks for it is told whose a good token is, so that it need not take each for a login.
/// </summary>
public sealed class ValidationAnswerTests
{
    [Theory]
    [InlineData("POST", "/auth/v1/validate-token")]
    [InlineData("POST", "/auth/v2/validate")]
    [InlineData("GET", "/v1/oauth/token")]
    public async Task A_programs_token_is_known_for_one_at_every_contract(string method, string path)
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:ValidationAnswers=Full"]
        );

        var answer = await ValidatedAsync(server, method, path);

        Assert.Equal(
            ("individuals.read", Known.ClientId, Known.ClientId, "oauth2"),
            (Text(answer, "scope"), Text(answer, "client_id"), Text(answer, "sub"), Text(answer, "contract"))
        );
        Assert.False(answer.TryGetProperty("product", out _));
    }

    [Fact]
    public async Task Of_a_token_that_was_opened_with_a_subscription_the_product_is_said()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:ValidationAnswers=Full"]
        );
        using var login = await server.Http.LoginV2Async();
        var token = (await AuthServer.PairAsync(login)).Access;

        using var answer = await server.Http.WithBearerAsync(
            HttpMethod.Post,
            "/auth/v2/validate",
            token,
            ("Subscription-Key", Known.SubscriptionKey)
        );

        Assert.Equal("starter", Text(await answer.JsonAsync(), "product"));
    }

    [Theory]
    [InlineData("POST", "/auth/v1/validate-token")]
    [InlineData("POST", "/auth/v2/validate")]
    [InlineData("GET", "/v1/oauth/token")]
    public async Task Without_the_setting_nothing_more_is_said(string method, string path)
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);

        var answer = await ValidatedAsync(server, method, path);

        Assert.DoesNotContain(
            answer.EnumerateObject(),
            one => one.Name is "scope" or "client_id" or "sub" or "contract" or "product"
        );
    }

    private static async Task<JsonElement> ValidatedAsync(TurnstoneServer server, string method, string path)
    {
        using var issued = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
            ("scope", "individuals.read")
        );
        using var answer = await server.Http.WithBearerAsync(
            new HttpMethod(method),
            path,
            (await issued.JsonAsync()).GetProperty("access_token").GetString()!,
            ("Subscription-Key", Known.SubscriptionKey)
        );
        return await answer.JsonAsync();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
