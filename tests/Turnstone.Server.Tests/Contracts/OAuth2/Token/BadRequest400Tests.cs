using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class BadRequest400Tests
{
    public static TheoryData<string, string> Refused =>
        new()
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
            { "repeated-400", "grant_type=a&grant_type=b" },
            { "malformed-400", "grant_type=%zz" },
            { "malformed-400", "grant_type=%ff" },
            { "malformed-400", "grant_type=a%00" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_cannot_be_granted_gets_its_error(string golden, string form)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)),
            golden
        );
    }

    [Theory]
    [InlineData($"grant_type=client_credentials&client_id={Known.PublicClientId}")]
    [InlineData(
        $"grant_type=refresh_token&refresh_token=tsr_any&client_id={OwnClient.Id}&client_secret={OwnClient.Secret}"
    )]
    [InlineData(
        $"grant_type=authorization_code&code=tsc_any&client_id={OwnClient.Id}&client_secret={OwnClient.Secret}"
    )]
    public async Task A_client_that_may_not_use_the_grant_is_told_so(string form)
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["client_credentials"] });
        await Golden.CheckAsync(await server.FormAsync("/oauth2/token", form), "unauthorized-client-400");
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_secret=x")]
    [InlineData($"grant_type=client_credentials&client_id={Known.OtherClientId}")]
    public async Task A_client_comes_in_one_way_and_not_in_two(string form)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)),
            "two-ways-400"
        );
    }
}
