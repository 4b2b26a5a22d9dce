using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class BadRequest400Tests
{
    private const string Client = $$"""
        "client_id":"{{Known.ClientId}}","client_secret":"{{Known.ClientSecret}}"
        """;

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            {
                "unknown-type-400",
                "/v1/oauth/token/admin",
                $$"""{"grant_type":"refresh_token","refresh_token":"x",{{Client}}}"""
            },
            { "missing-grant-type-400", "/v1/oauth/token/user", $$"""{{{Client}}}""" },
            {
                "unsupported-grant-type-400",
                "/v1/oauth/token/user",
                $$"""{"grant_type":"client_credentials",{{Client}}}"""
            },
            { "missing-refresh-token-400", "/v1/oauth/token/user", $$"""{"grant_type":"refresh_token",{{Client}}}""" },
            { "missing-code-400", "/v1/oauth/token/user", $$"""{"grant_type":"authorization_code",{{Client}}}""" },
            {
                "invalid-refresh-token-400",
                "/v1/oauth/token/user",
                $$"""{"grant_type":"refresh_token","refresh_token":"tsr_nothing",{{Client}}}"""
            },
            {
                "invalid-code-400",
                "/v1/oauth/token/user",
                $$"""{"grant_type":"authorization_code","code":"tsc_nothing",{{Client}}}"""
            },
            { "wrong-type-400", "/v1/oauth/token/user", """{"grant_type":7}""" },
            { "not-json-400", "/v1/oauth/token/user", "{" },
            { "not-json-400", "/v1/oauth/token/user", "[]" },
            { "not-json-400", "/v1/oauth/token/user", """{"grant_type":"a","grant_type":"b"}""" },
            { "not-json-400", "/v1/oauth/token/user", """{"grant_type":"\ud800"}""" },
            { "not-json-400", "/v1/oauth/token/company", "" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_cannot_be_granted_gets_its_error(string golden, string path, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync(path, body), golden);
    }

    [Theory]
    [InlineData("not-json-400", "grant_type=a&grant_type=b")]
    [InlineData("not-json-400", "grant_type=%zz")]
    [InlineData("missing-grant-type-400", $"grant_type=&client_id={Known.PublicClientId}")]
    public async Task A_form_that_cannot_be_granted_gets_the_same_error(string golden, string form)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/v1/oauth/token/user", form), golden);
    }

    [Fact]
    public async Task A_parameter_over_2048_characters_is_malformed_in_either_encoding()
    {
        await using var server = await Wire.StartAsync();
        var text = new string('a', 2049);
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.Json(("grant_type", text))),
            "wrong-type-400"
        );
        await Golden.CheckAsync(await server.FormAsync("/v1/oauth/token/user", $"grant_type={text}"), "wrong-type-400");
    }

    [Fact]
    public async Task A_client_comes_in_one_way_and_not_in_two()
    {
        await using var server = await Wire.StartAsync();
        var body = Wire.RefreshBody("tsr_any");
        var basic = Wire.Basic(Known.ClientId, Known.ClientSecret);
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", body, basic), "two-ways-400");
        await Golden.CheckAsync(
            await RawRequest.SendAsync(server, "POST", "/v1/oauth/token/user", "{}", basic, basic),
            "two-ways-400"
        );
    }
}
