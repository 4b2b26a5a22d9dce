using System.Net;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Discovery;

public sealed class Ok200Tests
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_metadata_names_what_is_there_and_nothing_else(string path)
    {
        await using var server = await PortalServer.StartAsync();
        var response = await server.GetAsync(path);
        await Golden.CheckAsync(response, "metadata-200");
        foreach (var (name, value) in await response.BodyAsync())
        {
            if (name.EndsWith("_endpoint", StringComparison.Ordinal) || name == "jwks_uri")
            {
                Assert.NotEqual(
                    HttpStatusCode.NotFound,
                    (await server.GetAsync(new Uri((string)value!).AbsolutePath)).StatusCode
                );
            }
        }
    }
}
