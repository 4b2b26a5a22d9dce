using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Login;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Too_many_wrong_passwords_make_the_caller_wait_and_nobody_else()
    {
        await using var auth = await AuthServer.StartAsync(
            null,
            "Turnstone:Limits:PasswordsPerAccountAndNetwork:Count=2"
        );
        for (var i = 0; i < 2; i++)
        {
            await AuthServer.AssertStatusAsync(
                HttpStatusCode.Unauthorized,
                auth.V2Async("login", AuthServer.LoginBody(password: "wrong"))
            );
        }

        using var response = await auth.V2Async("login", AuthServer.LoginBody());
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        await Golden.CheckAsync(response, "login-429");

        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.SendAsync(
                HttpMethod.Post,
                "/auth/v2/login",
                AuthServer.LoginBody(Known.OtherEmail),
                ("Subscription-Key", Known.OtherSubscriptionKey)
            )
        );
        auth.Server.Time.Advance(response.Headers.RetryAfter.Delta!.Value);
        await AuthServer.AssertStatusAsync(HttpStatusCode.Created, auth.V2Async("login", AuthServer.LoginBody()));
    }
}
