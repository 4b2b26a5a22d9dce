namespace Turnstone.Server.Tests.Contracts.OAuth2.Keys;

public sealed class NotModified304Tests
{
    [Fact]
    public async Task An_ETag_saves_sending_the_keys_again()
    {
        await using var server = await Wire.StartAsync();
        var tag = (await server.GetAsync("/.well-known/jwks.json")).Headers.ETag!.ToString();
        await Golden.CheckAsync(
            await server.SendAsync(HttpMethod.Get, "/.well-known/jwks.json", null, ("If-None-Match", tag)),
            "jwks-304"
        );
    }
}
