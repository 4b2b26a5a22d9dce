using System.Net;

namespace Turnstone.Server.Tests.Dialects.OAuth2;

public sealed class Token4xxTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "missing-grant-type-400", "scope=a" },
        { "missing-grant-type-400", "grant_type=" },
        { "unsupported-grant-type-400", "grant_type=password" },
        { "missing-code-400", "grant_type=authorization_code" },
        { "missing-refresh-token-400", "grant_type=refresh_token" },
        { "invalid-code-400", "grant_type=authorization_code&code=tsc_nothing" },
        { "invalid-refresh-token-400", "grant_type=refresh_token&refresh_token=tsr_nothing" },
        { "invalid-scope-400", "grant_type=client_credentials&scope=admin" },
        { "invalid-scope-400", "grant_type=client_credentials&scope=%22" },
        { "malformed-400", "grant_type=a&grant_type=b" },
        { "malformed-400", "grant_type=%zz" },
        { "malformed-400", "grant_type=%ff" },
        { "malformed-400", "grant_type=a%00" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_cannot_be_granted_gets_its_error(string golden, string form)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)), golden);
    }

    [Fact]
    public async Task A_client_that_may_not_use_the_grant_is_told_so()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", $"grant_type=client_credentials&client_id={Known.PublicClientId}"), "unauthorized-client-400");
    }

    [Theory]
    [InlineData(Known.ClientId)]
    [InlineData("nobody")]
    public async Task A_wrong_secret_and_an_unknown_client_are_one_401_with_a_challenge(string id)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(id, "wrong")), "invalid-client-401");
    }

    [Fact]
    public async Task A_client_comes_in_one_way_and_not_in_two()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", "grant_type=client_credentials&client_secret=x", Wire.Basic(Known.ClientId, Known.ClientSecret)), "two-ways-400");
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", "grant_type=client_credentials", ("Authorization", "Basic !!!")), "unreadable-basic-401");
    }

    [Fact]
    public async Task Media_type_size_method_and_path_have_their_statuses()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/oauth2/token", "{}"), "media-type-415");
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", new string('a', 17 * 1024)), "too-large-413");
        await Golden.CheckAsync(await server.GetAsync("/oauth2/token"), "method-405");
        await Golden.CheckAsync(await server.GetAsync("/oauth2/nothing"), "path-404");
    }

    [Fact]
    public async Task Too_many_refusals_are_a_429()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(Known.ClientId, "wrong"));
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(Known.ClientId, "wrong")), "too-many-429");
    }

    [Fact]
    public async Task Asking_for_a_wider_scope_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        var form = $"grant_type=refresh_token&refresh_token={refresh}";
        Assert.Equal(HttpStatusCode.BadRequest, (await server.FormAsync("/oauth2/token", $"{form}&scope=email", Wire.Basic(Known.ClientId, Known.ClientSecret))).StatusCode);
        await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)).PairAsync();
    }
}
