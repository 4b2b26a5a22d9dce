using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Device;

/// <summary>Devices that other people wrote: openid-client 6 and oauth4webapi 3 (tests/interop/device.mjs).</summary>
public sealed class StockDeviceTests
{
    [Theory]
    [InlineData("openid-client")]
    [InlineData("oauth4webapi")]
    public async Task A_stock_device_is_let_in(string library)
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var codes = await RunAsync(library, server);

        var polling = RunAsync(library, server, codes);
        await AnswerAsync(visitor, codes, "allow");
        var told = await polling;

        Assert.True(told["claims"] is not null, told.ToJsonString());
        Assert.Equal($"{await server.IdAsync()}", (string)told["claims"]!["sub"]!);
    }

    [Theory]
    [InlineData("openid-client")]
    [InlineData("oauth4webapi")]
    public async Task A_stock_device_that_is_refused_says_so(string library)
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var codes = await RunAsync(library, server);
        await AnswerAsync(visitor, codes, "deny");

        Assert.Equal("access_denied", (string)(await RunAsync(library, server, codes))["refused"]!);
    }

    private static async Task AnswerAsync(Visitor visitor, JsonNode codes, string decision)
    {
        using var answer = await visitor.SendAsync(
            "/portal/device",
            form: null,
            ("Code", (string)codes["user_code"]!),
            ("decision", decision)
        );
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static async Task<JsonNode> RunAsync(string library, TurnstoneServer server, JsonNode? codes = null)
    {
        var task = new JsonObject
        {
            ["library"] = library,
            ["issuer"] = "https://id.example.test",
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = Known.PublicClientId,
            ["codes"] = codes?.DeepClone(),
        };
        var folder = await Interop.FolderAsync();
        return JsonNode.Parse(await Interop.ExecuteAsync(folder, "node", ["device.mjs"], task.ToJsonString()))!;
    }
}
