using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.AuthV1.Token;

public sealed class BadRequest400Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("unknown")]
    [InlineData("tsc_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("..")]
    public async Task A_code_that_is_none_is_refused(string code)
    {
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-400");
    }

    [Fact]
    public async Task A_second_use_is_refused_and_revokes_what_the_first_gave()
    {
        var code = await Known.CodeAsync(auth.Server.Services, "auth");
        var pair = await AuthServer.PairAsync(
            await auth.V1Async(HttpMethod.Get, $"token?code={code}"),
            HttpStatusCode.OK
        );
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-400");

        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Unauthorized,
            auth.V1Async(HttpMethod.Post, "validate-token", null, ("Authorization", pair.Access))
        );
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.BadRequest,
            auth.V1Async(HttpMethod.Post, "refresh-token", AuthServer.TokenBody(pair.Refresh, "refresh_token"))
        );
    }

    [Fact]
    public async Task A_code_of_another_contract_is_refused()
    {
        var code = await Known.CodeAsync(auth.Server.Services, "oauth-v1", Known.ClientId, Known.RedirectUri);
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-400");
    }

    [Fact]
    public async Task A_code_lives_sixty_seconds()
    {
        await using var own = await AuthServer.StartAsync();
        var code = await Known.CodeAsync(own.Server.Services, "auth");
        own.Server.Time.Advance(TimeSpan.FromSeconds(60));
        using var response = await own.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-400");
    }
}
