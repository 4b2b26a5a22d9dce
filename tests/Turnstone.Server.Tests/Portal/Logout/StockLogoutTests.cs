using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>openid-client 6 signs its user out (tests/interop/logout.mjs).</summary>
public sealed class StockLogoutTests
{
    [Fact]
    public async Task Openid_client_signs_its_user_out()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(visitor);
        var task = new JsonObject
        {
            ["issuer"] = "https://id.example.test",
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = Known.ClientId,
            ["idToken"] = mine.IdToken,
            ["after"] = GivenLogout.After,
        };
        var folder = await Interop.FolderAsync();
        var said = JsonNode.Parse(await Interop.ExecuteAsync(folder, "node", ["logout.mjs"], task.ToJsonString()))!;

        using var answer = await visitor.GetAsync(new Uri((string)said["url"]!).PathAndQuery);

        Assert.Equal($"{GivenLogout.After}&state=a%20state", answer.Headers.GetValues("Location").Single());
        Assert.False(await visitor.IsSignedInAsync());
        Assert.False(await server.RefreshesAsync(mine));
    }
}
