using System.Net;
using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class Code400Tests
{
    [Fact]
    public async Task A_code_works_once_and_its_second_use_ends_what_it_gave()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth-v1");
        var (access, _) = await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)).PairAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)),
            "invalid-code-400"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    [Theory]
    [InlineData("redirect_uri", "http://127.0.0.1:8500/elsewhere")]
    [InlineData("redirect_uri", null)]
    [InlineData("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    public async Task An_exchange_that_is_not_the_one_the_code_was_asked_for_is_refused_and_consumes_nothing(
        string parameter,
        string? value
    )
    {
        await using var server = await Wire.StartAsync();
        var right = Wire.CodeBody(await server.CodeAsync("oauth-v1"));
        var wrong = (JsonObject)JsonNode.Parse(right)!;
        wrong[parameter] = value;
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", wrong.ToJsonString()),
            "invalid-code-400"
        );
        await server.JsonAsync("/v1/oauth/token/user", right).PairAsync();
    }

    [Fact]
    public async Task A_code_past_its_minute_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth-v1");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)),
            "invalid-code-400"
        );
    }

    [Fact]
    public async Task A_client_that_may_not_have_the_type_is_told_so_and_its_code_stays_good()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { TokenTypes = ["user"] });
        var body = OwnClient.CodeBody(await server.CodeAsync("oauth-v1", OwnClient.Id));
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/company", body), "unauthorized-client-400");
        await server.JsonAsync("/v1/oauth/token/user", body).PairAsync();
    }

    [Fact]
    public async Task A_client_that_may_not_exchange_codes_is_told_so()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["refresh_token"] });
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", OwnClient.CodeBody("tsc_any")),
            "unauthorized-client-400"
        );
    }
}
