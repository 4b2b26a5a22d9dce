using System.Net;

namespace Turnstone.Server.Tests.Dialects.OAuthV1;

public sealed class Token400Tests
{
    private const string Client = $$"""
        "client_id":"{{Known.ClientId}}","client_secret":"{{Known.ClientSecret}}"
        """;

    public static TheoryData<string, string, string> Refused => new()
    {
        { "unknown-type-400", "/v1/oauth/token/admin", $$"""{"grant_type":"refresh_token","refresh_token":"x",{{Client}}}""" },
        { "missing-grant-type-400", "/v1/oauth/token/user", $$"""{{{Client}}}""" },
        { "unsupported-grant-type-400", "/v1/oauth/token/user", $$"""{"grant_type":"client_credentials",{{Client}}}""" },
        { "missing-refresh-token-400", "/v1/oauth/token/user", $$"""{"grant_type":"refresh_token",{{Client}}}""" },
        { "missing-code-400", "/v1/oauth/token/user", $$"""{"grant_type":"authorization_code",{{Client}}}""" },
        { "invalid-refresh-token-400", "/v1/oauth/token/user", $$"""{"grant_type":"refresh_token","refresh_token":"tsr_nothing",{{Client}}}""" },
        { "invalid-code-400", "/v1/oauth/token/user", $$"""{"grant_type":"authorization_code","code":"tsc_nothing",{{Client}}}""" },
        { "wrong-type-400", "/v1/oauth/token/user", """{"grant_type":7}""" },
        { "not-json-400", "/v1/oauth/token/user", "{" },
        { "not-json-400", "/v1/oauth/token/user", "[]" },
        { "not-json-400", "/v1/oauth/token/user", """{"grant_type":"a","grant_type":"b"}""" },
        { "not-json-400", "/v1/oauth/token/user", """{"grant_type":"\ud800"}""" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_cannot_be_granted_gets_its_error(string golden, string path, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync(path, body), golden);
    }

    [Fact]
    public async Task A_token_of_one_type_does_not_refresh_as_the_other_and_is_not_consumed()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async("company");
        Assert.Equal(HttpStatusCode.BadRequest, (await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh))).StatusCode);
        await server.JsonAsync("/v1/oauth/token/company", Wire.RefreshBody(refresh)).PairAsync();
    }

    [Fact]
    public async Task A_replaced_refresh_token_ends_the_session()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuthV1Async();
        var (access, second) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)), "reused-400");
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(second)), "revoked-400");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    [Fact]
    public async Task A_code_works_once_and_its_second_use_ends_what_it_gave()
    {
        await using var server = await Wire.StartAsync();
        var code = await server.CodeAsync("oauth-v1");
        var (access, _) = await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)).PairAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.CodeBody(code)), "invalid-code-400");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    [Fact]
    public async Task A_bad_Idempotency_Key_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async();
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh), ("Idempotency-Key", new string('k', 256))), "idempotency-key-400");
        await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh)).PairAsync();
    }
}
