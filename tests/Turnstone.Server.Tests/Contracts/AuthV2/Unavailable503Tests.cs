using System.Net;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

public sealed class Unavailable503Tests
{
    [Fact]
    public async Task While_the_store_is_away_a_refresh_is_503_and_the_token_stays_good()
    {
        await using var auth = await AuthServer.StartAsync();
        var pair = await auth.LoginAsync();
        using (await StoreLock.TakeAsync(auth.Server))
        {
            using var response = await auth.V2Async("refresh", AuthServer.TokenBody(pair.Refresh));
            Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            await Golden.CheckAsync(response, "503");
        }

        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("refresh", AuthServer.TokenBody(pair.Refresh))
        );
    }
}
