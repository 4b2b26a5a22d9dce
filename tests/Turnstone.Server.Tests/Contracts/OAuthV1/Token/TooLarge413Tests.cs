namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class TooLarge413Tests
{
    [Fact]
    public async Task A_large_body_is_a_413_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", $$"""{"x":"{{new string('x', 16 * 1024)}}"}"""),
            "too-large-413"
        );
    }

    [Fact]
    public async Task So_is_a_large_form()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/v1/oauth/token/user", new string('a', 17 * 1024)),
            "too-large-413"
        );
    }
}
