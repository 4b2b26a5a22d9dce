namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class TooLarge413Tests
{
    [Fact]
    public async Task A_form_over_16_KiB_has_its_status()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", new string('a', 17 * 1024)), "too-large-413");
    }
}
