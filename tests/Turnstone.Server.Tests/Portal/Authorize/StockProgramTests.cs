using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// Clients that other people wrote (tests/interop/client.mjs), which prove themselves by a key at every endpoint that
/// they call.
/// </summary>
public sealed class StockProgramTests
{
    [Theory]
    [InlineData("oauth4webapi", "ES256", false)]
    [InlineData("oauth4webapi", "PS256", true)]
    [InlineData("openid-client", "RS256", false)]
    [InlineData("openid-client", "ES256", true)]
    public async Task A_stock_client_gets_asks_pushes_and_gives_back(string library, string alg, bool asJwt)
    {
        await using var server = await PortalServer.StartAsync();
        using var key = alg == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(alg);
        await AssertingClient.AddAsync(server, key, client => client with { MayIntrospect = true });
        var task = new JsonObject
        {
            ["library"] = library,
            ["issuer"] = AssertingClient.Issuer,
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = AssertingClient.Id,
            ["redirect"] = Known.RedirectUri,
            ["key"] = key.Pem(),
            ["kid"] = key.Kid,
            ["alg"] = alg,
            ["signed"] = asJwt,
            ["now"] = server.Time.GetUtcNow().ToUnixTimeSeconds(),
        };

        var text = await Interop.ExecuteAsync(await Interop.FolderAsync(), "node", ["client.mjs"], task.ToJsonString());
        var told = JsonNode.Parse(text)!;

        Assert.True(told["refused"] is null, text);
        Assert.True((bool)told["live"]!["active"]!);
        Assert.Equal(AssertingClient.Id, (string?)told["live"]!["client_id"]);
        Assert.StartsWith(
            "urn:ietf:params:oauth:request_uri:",
            (string?)told["pushed"]!["request_uri"],
            StringComparison.Ordinal
        );
        Assert.False((bool)told["dead"]!["active"]!);
        var type = asJwt ? "application/token-introspection+jwt" : "application/json; charset=utf-8";
        Assert.Equal([type, type], told["answeredAs"]!.AsArray().Select(each => (string?)each));
    }
}
