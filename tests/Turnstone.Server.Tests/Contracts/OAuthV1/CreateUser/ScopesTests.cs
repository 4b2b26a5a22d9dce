using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

/// <summary>What a company gets for a user is never more than that user has said yes to.</summary>
public sealed class ScopesTests
{
    [Theory]
    [InlineData(null, "individuals.read")]
    [InlineData("email individuals.read", "individuals.read")]
    [InlineData("email", null)]
    public async Task A_companys_wider_scopes_do_not_widen_what_the_user_allowed(string? asked, string? granted)
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
            asked is null
                ? new { user_input = Known.OtherEmail }
                : new { user_input = Known.OtherEmail, scope = asked },
            ("Authorization", $"Bearer {(await company.JsonAsync()).GetProperty("access_token").GetString()}")
        );
        var body = await answer.JsonAsync();
        if (granted is null)
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("invalid_scope", body.GetProperty("error").GetString());
            return;
        }

        var token = body.GetProperty("access_token").GetString();
        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(token).Good(out var claims));
        Assert.Equal(granted, claims.Scopes.ToString());
    }
}
