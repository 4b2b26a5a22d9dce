using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>
/// Clients that other people wrote (tests/interop/dpop.mjs) keep the FAPI 2.0 Security Profile against a server that
/// asks for its nonces: PAR, PKCE, <c>private_key_jwt</c>, DPoP, a refresh token that stays.
/// </summary>
public sealed class StockDpopTests
{
    [Theory]
    [InlineData("oauth4webapi")]
    [InlineData("openid-client")]
    public async Task A_stock_client_keeps_the_profile(string library)
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:RequireDpopNonces=true"]);
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key, client => client with { Profile = ClientProfile.Fapi2 });

        var begun = await RunAsync(server, key, library);
        Assert.True(begun["url"] is not null, begun.ToJsonString());
        Assert.Equal(1, (int)begun["nonces"]!);
        using var visit = await visitor.GetAsync(new Uri((string)begun["url"]!).PathAndQuery);
        using var allowed = await visitor.DecideAsync(visit.Headers.Location!.OriginalString);
        var told = await RunAsync(server, key, library, allowed.Headers.Location!.OriginalString, begun["kept"]);

        Assert.True(told["tokens"] is not null, told.ToJsonString());
        Assert.Equal("dpop", (string?)told["tokens"]!["token_type"]);
        Assert.All(told["refreshed"]!.AsArray(), refreshed => Assert.Null(refreshed!["refresh_token"]));
        Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), (string?)told["info"]!["sub"]);
        Assert.Equal(1, (int)told["nonces"]!);
    }

    private static async Task<JsonNode> RunAsync(
        TurnstoneServer server,
        ClientKey key,
        string library,
        string? answer = null,
        JsonNode? kept = null
    )
    {
        var task = new JsonObject
        {
            ["library"] = library,
            ["issuer"] = AssertingClient.Issuer,
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = AssertingClient.Id,
            ["redirect"] = Known.RedirectUri,
            ["key"] = key.Pem(),
            ["kid"] = key.Kid,
            ["now"] = server.Time.GetUtcNow().ToUnixTimeSeconds(),
            ["answer"] = answer,
            ["kept"] = kept?.DeepClone(),
        };
        var text = await Interop.ExecuteAsync(await Interop.FolderAsync(), "node", ["dpop.mjs"], task.ToJsonString());
        return JsonNode.Parse(text)!;
    }
}
