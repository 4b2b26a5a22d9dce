using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class Unauthorized401Tests
{
    [Theory]
    [InlineData("login-unknown-401", """{"api_key":"not a key"}""")]
    [InlineData("login-unknown-401", """{"api_key":""}""")]
    [InlineData("login-unknown-401", """{"api_key":"tsk_0000000000000000000000000000000000000000"}""")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", body), golden);
    }

    [Fact]
    public async Task A_frozen_key_gets_the_bytes_of_an_unknown_one()
    {
        await using var server = await Wire.StartAsync();
        server.Time.Advance(ApiKeys.Life);
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)),
            "login-unknown-401"
        );
    }

    [Fact]
    public async Task So_does_a_revoked_one()
    {
        await using var server = await Wire.StartAsync();
        var keys = server.Services.GetRequiredService<ApiKeys>();
        var key = (await keys.FindByTextAsync(Known.ApiKey, TestContext.Current.CancellationToken))!;
        Assert.NotNull(
            await keys.RevokeAsync(key.AccountId, key.Id, Caller.Operator, TestContext.Current.CancellationToken)
        );
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)),
            "login-unknown-401"
        );
    }
}
