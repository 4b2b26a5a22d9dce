using System.Net;
using System.Text.Json;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>A company that asks for what its user has not consented to gets no token at all.</summary>
public sealed class NothingConsentedTests
{
    [Theory]
    [InlineData("email", HttpStatusCode.BadRequest)]
    [InlineData("email individuals.read", HttpStatusCode.OK)]
    public async Task Where_nothing_of_what_was_asked_is_consented_there_is_no_token(
        string scope,
        HttpStatusCode status
    )
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var company = await ExchangeAsync(
            server,
            "company",
            await Known.CodeAsync(
                server.Services,
                "oauth-v1",
                Known.ClientId,
                Known.RedirectUri,
                scopes: "openid email individuals.read"
            )
        );
        await ExchangeAsync(
            server,
            "user",
            await OthersCode.MintAsync(server.Services, "oauth-v1", Known.ClientId, Known.RedirectUri, Known.OtherEmail)
        );

        using var answer = await server.Http.SendJsonAsync(
            "/v1/oauth/token/create/user",
            new { user_input = Known.OtherEmail, scope },
            ("Authorization", $"Bearer {company.GetProperty("access_token").GetString()}")
        );

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(
            status is HttpStatusCode.BadRequest ? "invalid_scope" : null,
            (await answer.JsonAsync()).TryGetProperty("error", out var error) ? error.GetString() : null
        );
    }

    private static async Task<JsonElement> ExchangeAsync(TurnstoneServer server, string type, string code)
    {
        using var answer = await server.Http.SendJsonAsync(
            $"/v1/oauth/token/{type}",
            new
            {
                grant_type = "authorization_code",
                code,
                redirect_uri = Known.RedirectUri,
                client_id = Known.ClientId,
                client_secret = Known.ClientSecret,
            }
        );
        return await answer.JsonAsync();
    }
}
