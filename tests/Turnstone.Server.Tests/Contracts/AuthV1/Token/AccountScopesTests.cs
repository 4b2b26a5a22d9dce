using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV1.Token;

/// <summary>The scopes of a login that proves an account and nothing more.</summary>
public sealed class AccountScopesTests
{
    [Theory]
    [InlineData("individuals.read")]
    [InlineData("", "Turnstone:AccountScopes:0=")]
    [InlineData(
        "openid reports.read",
        "Turnstone:AccountScopes:0=openid",
        "Turnstone:AccountScopes:1=reports.read",
        "Turnstone:Scopes:0=reports.read=Read reports"
    )]
    public async Task A_code_without_a_client_gets_those_of_the_settings_and_no_product(
        string expected,
        params string[] settings
    )
    {
        await using var server = await Wire.StartAsync(settings);
        Assert.Equal((expected, null), await LoginAsync(server, ""));
    }

    [Fact]
    public async Task A_code_that_was_made_for_fewer_has_those()
    {
        await using var server = await Wire.StartAsync();
        Assert.Equal(("openid", null), await LoginAsync(server, "openid"));
    }

    private static async Task<(string Scopes, string? Product)> LoginAsync(TurnstoneServer server, string scopes)
    {
        var code = await Known.CodeAsync(server.Services, AuthV1Contract.Descriptor.Family, scopes: scopes);
        var access = await server.GetAsync($"/auth/v1/token?code={code}").MemberAsync("authorization.token");
        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(access).Good(out var claims));
        return (claims.Scopes.ToString(), claims.Product);
    }
}
