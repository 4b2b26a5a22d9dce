using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task A_client_that_logs_in_again_and_again_is_steered_to_refreshing_and_its_key_is_not_locked()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:LoginsPerApiKey:Count=2");
        await server.SessionV3Async();
        await server.SessionV3Async();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)),
            "login-steered-429"
        );
        server.Time.Advance(TimeSpan.FromMinutes(15));
        await server.SessionV3Async();
    }

    [Fact]
    public async Task Too_many_refusals_are_a_429()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody("wrong"));
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody("wrong")),
            "login-too-many-429"
        );
    }

    [Fact]
    public async Task A_key_in_a_tight_loop_waits_and_goes_on()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        await server.SessionV3Async();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)),
            "login-too-fast-429"
        );
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await server.SessionV3Async();
    }
}
