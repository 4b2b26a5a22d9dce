using System.Net;

namespace Turnstone.Server.Tests.Dialects.OAuth2;

public sealed class DiscoveryTests
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_metadata_names_what_is_there_and_nothing_else(string path)
    {
        await using var server = await Wire.StartAsync();
        var response = await server.GetAsync(path);
        await Golden.CheckAsync(response, "metadata-200");
        foreach (var (name, value) in await response.BodyAsync())
        {
            if (name.EndsWith("_endpoint", StringComparison.Ordinal) || name == "jwks_uri")
            {
                Assert.NotEqual(HttpStatusCode.NotFound, (await server.GetAsync(new Uri((string)value!).AbsolutePath)).StatusCode);
            }
        }
    }

    [Fact]
    public async Task The_keys_may_be_kept_for_an_hour_and_an_ETag_saves_sending_them_again()
    {
        await using var server = await Wire.StartAsync();
        var response = await server.GetAsync("/.well-known/jwks.json");
        await Golden.CheckAsync(response, "jwks-200");
        var again = await server.SendAsync(HttpMethod.Get, "/.well-known/jwks.json", null, ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }
}
