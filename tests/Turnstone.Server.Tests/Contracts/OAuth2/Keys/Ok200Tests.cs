using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Keys;

public sealed class Ok200Tests
{
    [Fact]
    public async Task The_keys_may_be_kept_for_an_hour()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/.well-known/jwks.json"), "jwks-200");
    }

    [Fact]
    public async Task No_private_part_of_a_key_is_ever_shown()
    {
        await using var server = await Wire.StartAsync();
        var keys = (JsonArray)(await (await server.GetAsync("/.well-known/jwks.json")).BodyAsync())["keys"]!;
        string[] known = ["use", "alg", "kid", "kty", "crv", "x", "y", "n", "e"];
        Assert.All(keys, key => Assert.All((JsonObject)key!, member => Assert.Contains(member.Key, known)));
    }
}
