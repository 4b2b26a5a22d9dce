namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class Unauthorized401Tests
{
    [Theory]
    [InlineData(Known.ClientId)]
    [InlineData("nobody")]
    [InlineData(Known.PublicClientId)]
    public async Task A_wrong_secret_and_an_unknown_client_are_one_401_with_a_challenge(string id)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(id, "wrong")),
            "invalid-client-401"
        );
    }

    [Fact]
    public async Task So_are_no_client_at_all_and_one_that_was_disabled()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", "grant_type=client_credentials"),
            "invalid-client-401"
        );
        await OwnClient.AddAsync(server, client => client with { DisabledAt = TurnstoneServer.Start });
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", "grant_type=client_credentials", OwnClient.Basic),
            "invalid-client-401"
        );
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm8gY29sb24=")]
    public async Task A_Basic_header_that_cannot_be_read_says_how_to_write_it(string header)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", "grant_type=client_credentials", ("Authorization", header)),
            "unreadable-basic-401"
        );
    }
}
