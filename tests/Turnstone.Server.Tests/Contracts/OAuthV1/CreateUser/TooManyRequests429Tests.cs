namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class TooManyRequests429Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Fact]
    public async Task A_client_in_a_tight_loop_waits_and_goes_on()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        var (company, _) = await server.OAuthV1Async("company");
        await AskAsync(server, company, Known.Email).PairAsync();
        await Golden.CheckAsync(await AskAsync(server, company, Known.Email), "create-user-too-many-429");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await AskAsync(server, company, Known.Email).PairAsync();
    }

    [Fact]
    public async Task A_company_that_tries_one_email_after_the_other_waits_too()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        var (company, _) = await server.OAuthV1Async("company");
        await AskAsync(server, company, "nobody@example.test");
        await Golden.CheckAsync(await AskAsync(server, company, Known.OtherEmail), "create-user-too-many-429");
    }

    private static Task<HttpResponseMessage> AskAsync(TurnstoneServer server, string company, string email) =>
        server.JsonAsync(Path, Wire.Json(("user_input", email)), ("Authorization", $"Bearer {company}"));
}
