using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Refresh;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [MemberData(nameof(MalformedBodies.Names), MemberType = typeof(MalformedBodies))]
    public async Task A_malformed_body_is_refused(string body)
    {
        using var request = MalformedBodies.Request("/auth/v2/refresh", body);
        using var response = await auth.Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await Golden.CheckAsync(response, $"refresh-422-{body}");
    }

    [Fact]
    public async Task Two_tokens_that_differ_are_refused_and_neither_is_consumed()
    {
        var (first, second) = (await auth.LoginAsync(), await auth.LoginAsync());
        using var response = await auth.V2Async(
            "refresh",
            $$"""{"token":"{{first.Refresh}}","refresh_token":"{{second.Refresh}}"}"""
        );
        await Golden.CheckAsync(response, "refresh-422-conflict");
    }

    [Theory]
    [InlineData("one", "two")]
    [InlineData("t\u00ebn", null)]
    [InlineData(
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            + "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            + "0123456789012345678901234567890123456789012345678901234567890123456789012345",
        null
    )]
    public async Task An_idempotency_key_that_is_none_is_refused(string key, string? second)
    {
        var pair = await auth.LoginAsync();
        (string, string)[] headers = second is null
            ? [("Idempotency-Key", key)]
            : [("Idempotency-Key", key), ("Idempotency-Key", second)];
        using var response = await RawRequest.SendAsync(
            auth.Server,
            "POST",
            "/auth/v2/refresh",
            AuthServer.TokenBody(pair.Refresh),
            [("Subscription-Key", Known.SubscriptionKey), .. headers]
        );
        await Golden.CheckAsync(response, "refresh-422-idempotency-key");
    }
}
