using System.Net;
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
        using var company = await server.Http.ExchangeV1Async(
            "company",
            await Known.CodeAsync(
                server.Services,
                "oauth-v1",
                Known.ClientId,
                Known.RedirectUri,
                scopes: "openid email individuals.read"
            )
        );
        using var user = await server.Http.ExchangeV1Async(
            "user",
            await OthersCode.MintAsync(server.Services, "oauth-v1", Known.ClientId, Known.RedirectUri, Known.OtherEmail)
        );

        using var answer = await server.Http.SendJsonAsync(
            "/v1/oauth/token/create/user",
            new { user_input = Known.OtherEmail, scope },
            ("Authorization", $"Bearer {(await company.JsonAsync()).GetProperty("access_token").GetString()}")
        );

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(
            status is HttpStatusCode.BadRequest ? "invalid_scope" : null,
            (await answer.JsonAsync()).TryGetProperty("error", out var error) ? error.GetString() : null
        );
    }
}
