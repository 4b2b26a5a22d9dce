using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

/// <summary>What a company gets for a user is never more than that user has said yes to.</summary>
public sealed class ScopesTests
{
    [Fact]
    public async Task A_companys_wider_scopes_do_not_widen_what_the_user_allowed()
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
            new { user_input = Known.OtherEmail },
            ("Authorization", $"Bearer {company}")
        );
        var token = (await answer.JsonAsync()).GetProperty("access_token").GetString();
        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(token).Good(out var claims));
        Assert.Equal("individuals.read", claims.Scopes.ToString());
    }

    private static async Task<string> ExchangeAsync(TurnstoneServer server, string type, string code)
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
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }
}
