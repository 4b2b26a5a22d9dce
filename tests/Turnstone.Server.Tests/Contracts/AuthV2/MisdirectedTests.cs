using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

public sealed class MisdirectedTests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task An_unknown_path_is_404_in_the_contracts_shape()
    {
        using var response = await auth.V2Async("logon", "{}");
        await Golden.CheckAsync(response, "404");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("NONSENSE")]
    public async Task Another_method_is_405_and_names_the_right_one(string method)
    {
        using var response = await auth.SendAsync(
            new HttpMethod(method),
            "/auth/v2/login",
            null,
            ("Subscription-Key", Known.SubscriptionKey)
        );
        await Golden.CheckAsync(response, "405");
    }
}
