using System.Net;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Resources;

/// <summary>The metadata of APIs (RFC 9728).</summary>
public sealed class ProtectedResourceTests(OneServer fixture) : IClassFixture<OneServer>
{
    private const string Path = "/.well-known/oauth-protected-resource";

    [Theory]
    [InlineData("", KnownApis.Settings, "openid profile email offline_access individuals.read")]
    [InlineData("/default", KnownApis.Settings, "openid profile email offline_access individuals.read")]
    [InlineData("/orders", KnownApis.Orders, "orders.read orders.write")]
    [InlineData("/stock", KnownApis.Stock, "stock.read")]
    [InlineData("/open", KnownApis.Open, "")]
    public async Task Each_API_is_described(string below, string identifier, string scopes)
    {
        using var answer = await fixture.Server.GetAsync(Path + below);
        var said = await answer.BodyAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            ["resource", "resource_name", "authorization_servers", "scopes_supported", "bearer_methods_supported"],
            said.Select(member => member.Key)
        );
        Assert.Equal(identifier, (string?)said["resource"]);
        Assert.Equal(["https://id.example.test"], said["authorization_servers"]!.AsArray().Select(one => (string)one!));
        Assert.Equal(scopes, string.Join(' ', said["scopes_supported"]!.AsArray().Select(one => (string)one!)));
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("public, max-age=3600", answer.Headers.CacheControl?.ToString());
        using var head = await fixture.Server.SendAsync(HttpMethod.Head, Path + below, null);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    /// <summary>An API behind the server's own name (§3.1).</summary>
    [Fact]
    public async Task One_at_an_address_of_this_server_is_where_its_path_says()
    {
        await using var server = await Wire.StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("mcp", "https://id.example.test/tools/mcp", "tools"));

        var said = await (await server.GetAsync($"{Path}/tools/mcp")).BodyAsync();

        Assert.Equal("https://id.example.test/tools/mcp", (string?)said["resource"]);
    }

    [Theory]
    [InlineData("GET", "/nobody", HttpStatusCode.NotFound)]
    [InlineData("GET", "/orders/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/https://orders.example.test/v1", HttpStatusCode.NotFound)]
    [InlineData("POST", "", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/orders", HttpStatusCode.MethodNotAllowed)]
    public async Task What_is_not_there_is_said_in_the_contracts_shape(
        string method,
        string below,
        HttpStatusCode status
    )
    {
        using var answer = await fixture.Server.SendAsync(new HttpMethod(method), Path + below, null);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("invalid_request", (string?)(await answer.BodyAsync())["error"]);
    }
}
