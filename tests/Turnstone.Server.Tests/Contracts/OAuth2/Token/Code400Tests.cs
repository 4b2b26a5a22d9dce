using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class Code400Tests
{
    [Fact]
    public async Task A_code_works_once_and_its_second_use_ends_what_it_gave()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth2");
        var (access, _) = await ExchangeAsync(server, code, Wire.Redirect).PairAsync();
        await Golden.CheckAsync(await ExchangeAsync(server, code, Wire.Redirect), "invalid-code-400");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8500/elsewhere")]
    [InlineData("")]
    [InlineData(Wire.Redirect + "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    public async Task An_exchange_that_is_not_the_one_the_code_was_asked_for_is_refused_and_consumes_nothing(
        string redirect
    )
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth2");
        await Golden.CheckAsync(await ExchangeAsync(server, code, redirect), "invalid-code-400");
        await ExchangeAsync(server, code, Wire.Redirect).PairAsync();
    }

    [Fact]
    public async Task A_public_client_gets_nothing_without_PKCE()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth2", Known.PublicClientId);
        var form =
            "grant_type=authorization_code"
            + $"&redirect_uri={Wire.Redirect}&client_id={Known.PublicClientId}&code={code}";
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", form), "invalid-code-400");
    }

    [Fact]
    public async Task A_code_past_its_minute_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth2");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await Golden.CheckAsync(await ExchangeAsync(server, code, Wire.Redirect), "invalid-code-400");
    }

    private static Task<HttpResponseMessage> ExchangeAsync(TurnstoneServer server, string code, string redirect) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&redirect_uri={redirect}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
}
