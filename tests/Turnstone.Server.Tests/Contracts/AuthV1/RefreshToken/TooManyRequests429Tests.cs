using System.Net;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV1.RefreshToken;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Forged_tokens_make_the_network_wait()
    {
        await using var auth = await AuthServer.StartAsync(null, "Turnstone:Limits:RefusalsPerNetwork:Count=2");
        for (var i = 0; i < 2; i++)
        {
            await AuthServer.AssertStatusAsync(
                HttpStatusCode.BadRequest,
                auth.V1Async(HttpMethod.Post, "refresh-token", AuthServer.TokenBody("rubbish", "refresh_token"))
            );
        }

        using var response = await auth.V1Async(
            HttpMethod.Post,
            "refresh-token",
            AuthServer.TokenBody("rubbish", "refresh_token")
        );
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        await Golden.CheckAsync(response, "429");
    }
}
