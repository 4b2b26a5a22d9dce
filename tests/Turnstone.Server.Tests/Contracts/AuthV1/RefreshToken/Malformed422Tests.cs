using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV1.RefreshToken;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [MemberData(nameof(MalformedBodies.Names), MemberType = typeof(MalformedBodies))]
    public async Task A_malformed_body_is_refused(string body)
    {
        using var request = MalformedBodies.Request("/auth/v1/refresh-token", body);
        using var response = await auth.Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await Golden.CheckAsync(response, $"refresh-token-422-{body}");
    }
}
