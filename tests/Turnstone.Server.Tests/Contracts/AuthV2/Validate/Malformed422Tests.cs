using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Validate;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Basic YTpi")]
    public async Task A_header_without_a_token_is_refused(string? header)
    {
        using var response = await RawRequest.SendAsync(
            auth.Server,
            "POST",
            "/auth/v2/validate",
            null,
            [("Subscription-Key", Known.SubscriptionKey), .. header is null ? [] : new[] { ("Authorization", header) }]
        );
        await Golden.CheckAsync(response, "validate-422");
    }

    [Fact]
    public async Task Two_headers_are_refused()
    {
        var pair = await auth.LoginAsync();
        using var response = await RawRequest.SendAsync(
            auth.Server,
            "POST",
            "/auth/v2/validate",
            null,
            ("Subscription-Key", Known.SubscriptionKey),
            ("Authorization", pair.Access),
            ("Authorization", pair.Access)
        );
        await Golden.CheckAsync(response, "validate-422");
    }
}
