namespace Turnstone.Server.Tests.Contracts.OAuth2.Discovery;

public sealed class NotModified304Tests
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task A_copy_that_is_still_right_is_not_sent_again(string path)
    {
        await using var server = await Wire.StartAsync();
        var tag = (await server.GetAsync(path)).Headers.ETag!.ToString();
        await Golden.CheckAsync(
            await server.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag)),
            "metadata-304"
        );
    }
}
