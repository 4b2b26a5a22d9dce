namespace Turnstone.Server.Tests.Contracts.AuthV2.Login;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [MemberData(nameof(MalformedBodies.Names), MemberType = typeof(MalformedBodies))]
    public async Task A_malformed_body_is_refused(string body)
    {
        using var request = MalformedBodies.Request("/auth/v2/login", body);
        using var response = await auth.Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await Golden.CheckAsync(response, $"login-422-{body}");
    }
}
