using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

public sealed class SubscriptionKeyTests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("Subscription-Key", Known.SubscriptionKey)]
    [InlineData("Subscription-Key", Known.SecondaryKey)]
    [InlineData("Ocp-Apim-Subscription-Key", Known.SubscriptionKey)]
    [InlineData("subscription-key", Known.SubscriptionKey)]
    public async Task Either_key_opens_in_either_header(string header, string key) =>
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.SendAsync(HttpMethod.Post, "/auth/v2/login", AuthServer.LoginBody(), (header, key))
        );

    [Fact]
    public async Task The_key_may_stand_in_the_query() =>
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.SendAsync(
                HttpMethod.Post,
                $"/auth/v2/login?subscription-key={Known.SubscriptionKey}",
                AuthServer.LoginBody()
            )
        );

    [Theory]
    [InlineData("login")]
    [InlineData("refresh")]
    [InlineData("validate")]
    public async Task Without_a_key_nothing_is_read(string path)
    {
        using var response = await auth.SendAsync(HttpMethod.Post, $"/auth/v2/{path}", "not json");
        await Golden.CheckAsync(response, "subscription-401");
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData(Known.InactiveSubscriptionKey)]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    public async Task Missing_unknown_and_inactive_keys_get_the_same_bytes(string key)
    {
        using var response = await auth.SendAsync(
            HttpMethod.Post,
            "/auth/v2/login",
            AuthServer.LoginBody(),
            ("Subscription-Key", key)
        );
        await Golden.CheckAsync(response, "subscription-401");
    }

    [Fact]
    public async Task Two_keys_that_differ_open_nothing()
    {
        using var response = await auth.SendAsync(
            HttpMethod.Post,
            "/auth/v2/login",
            AuthServer.LoginBody(),
            ("Subscription-Key", Known.SubscriptionKey),
            ("Ocp-Apim-Subscription-Key", Known.SecondaryKey)
        );
        await Golden.CheckAsync(response, "subscription-401");
    }

    [Fact]
    public async Task Guessing_keys_makes_the_guesser_wait_and_not_who_has_a_key()
    {
        await using var own = await AuthServer.StartAsync(null, "Turnstone:Limits:RefusalsPerNetwork:Count=2");
        for (var i = 0; i < 2; i++)
        {
            await AuthServer.AssertStatusAsync(
                HttpStatusCode.Unauthorized,
                own.SendAsync(HttpMethod.Post, "/auth/v2/validate", null, ("Subscription-Key", new string('9', 32)))
            );
        }

        using var response = await own.SendAsync(
            HttpMethod.Post,
            "/auth/v2/validate",
            null,
            ("Subscription-Key", new string('9', 32))
        );
        await AuthServer.AssertStatusAsync(HttpStatusCode.UnprocessableEntity, own.V2Async("validate"));
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        await Golden.CheckAsync(response, "subscription-429");
    }
}
