namespace Turnstone.Server.Tests.Contracts.OAuth2.Revoke;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Too_many_refusals_are_a_429()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.FormAsync("/oauth2/revoke", "token=any", Wire.Basic(Known.ClientId, "wrong"));
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/revoke", "token=any", Wire.Basic(Known.ClientId, "wrong")),
            "revoke-too-many-429"
        );
    }
}
