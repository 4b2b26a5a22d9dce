namespace Turnstone.Server.Tests.Dialects.SessionV3;

public sealed class LoginTests
{
    [Fact]
    public async Task A_key_gives_exactly_the_pair()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)), "login-200");
    }

    [Theory]
    [InlineData("login-unknown-401", """{"api_key":"not a key"}""")]
    [InlineData("login-missing-400", "{}")]
    [InlineData("login-wrong-type-400", """{"api_key":1}""")]
    [InlineData("not-json-400", "{")]
    [InlineData("not-json-400", """{"api_key":"a","api_key":"b"}""")]
    [InlineData("not-an-object-400", "[]")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", body), golden);
    }

    [Fact]
    public async Task A_key_over_128_characters_is_malformed()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(new string('k', 129))), "login-too-long-400");
    }

    [Fact]
    public async Task A_client_that_logs_in_again_and_again_is_steered_to_refreshing_and_its_key_is_not_locked()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:LoginsPerApiKey:Count=2");
        await server.SessionV3Async();
        await server.SessionV3Async();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)), "login-steered-429");
        server.Time.Advance(TimeSpan.FromMinutes(15));
        await server.SessionV3Async();
    }

    [Fact]
    public async Task Too_many_refusals_are_a_429()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody("wrong"));
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody("wrong")), "too-many-429");
    }

    [Fact]
    public async Task Media_type_size_method_and_path_have_problems_of_their_own()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/v3/auth/login", "api_key=x"), "media-type-415");
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", new string(' ', 17 * 1024)), "too-large-413");
        await Golden.CheckAsync(await server.GetAsync("/v3/auth/login"), "method-405");
        await Golden.CheckAsync(await server.GetAsync("/v3/nothing"), "path-404");
    }
}
