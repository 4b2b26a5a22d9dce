using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>
/// A code works for the client it was made for and at the contract it was made for; whoever else brings it gets nothing
/// and consumes nothing.
/// </summary>
public sealed class CodeBindingTests
{
    [Theory]
    [InlineData("/v1/oauth/token/user", "oauth-v1")]
    [InlineData("/oauth2/token", "oauth2")]
    public async Task Another_clients_code_is_refused_and_stays_good_for_its_own(string path, string family)
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var code = await Known.CodeAsync(server.Services, family, Known.ClientId, Known.RedirectUri);

        Assert.Equal(
            HttpStatusCode.BadRequest,
            await ExchangeAsync(server, path, code, Known.OtherClientId, Known.OtherClientSecret)
        );
        Assert.Equal(HttpStatusCode.OK, await ExchangeAsync(server, path, code, Known.ClientId, Known.ClientSecret));
    }

    [Fact]
    public async Task A_clients_code_is_refused_where_no_client_proves_itself()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var code = await Known.CodeAsync(server.Services, "auth", Known.ClientId);

        using var answer = await server.Http.GetAsync(
            $"/auth/v1/token?code={code}",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<HttpStatusCode> ExchangeAsync(
        TurnstoneServer server,
        string path,
        string code,
        string client,
        string secret
    )
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Known.RedirectUri,
            ["client_id"] = client,
            ["client_secret"] = secret,
        };
        using var answer = await server.Http.PostAsync(
            path,
            new FormUrlEncodedContent(form),
            TestContext.Current.CancellationToken
        );
        return answer.StatusCode;
    }
}
