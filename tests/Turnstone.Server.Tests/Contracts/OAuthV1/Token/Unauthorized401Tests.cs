namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class Unauthorized401Tests
{
    [Theory]
    [InlineData(Known.ClientId, "not the secret")]
    [InlineData("nobody", "not the secret")]
    [InlineData(Known.PublicClientId, "a public client has none")]
    public async Task A_client_that_does_not_prove_itself_gets_one_answer_whoever_it_is(string id, string secret)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", id, secret)),
            "invalid-client-401"
        );
    }

    [Fact]
    public async Task So_does_one_that_does_not_say_who_it_is_and_one_that_was_disabled()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.Json(("grant_type", "refresh_token"))),
            "invalid-client-401"
        );
        await OwnClient.AddAsync(server, client => client with { DisabledAt = TurnstoneServer.Start });
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", OwnClient.Id, OwnClient.Secret)),
            "invalid-client-401"
        );
    }

    [Fact]
    public async Task A_Basic_header_that_cannot_be_read_says_how_to_write_it()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", "{}", ("Authorization", "Basic !!!")),
            "unreadable-basic-401"
        );
    }
}
