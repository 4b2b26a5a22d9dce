namespace Turnstone.Server.Tests.Dialects.OAuthV1;

public sealed class Token401Tests
{
    [Theory]
    [InlineData(Known.ClientId, "not the secret")]
    [InlineData("nobody", "not the secret")]
    [InlineData(Known.PublicClientId, "a public client has none")]
    public async Task A_client_that_does_not_prove_itself_gets_one_answer_whoever_it_is(string id, string secret)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", id, secret)), "invalid-client-401");
    }
}
