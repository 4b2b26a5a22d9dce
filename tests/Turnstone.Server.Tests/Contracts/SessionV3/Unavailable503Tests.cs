using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts.SessionV3;

public sealed class Unavailable503Tests
{
    [Fact]
    public async Task While_the_store_is_away_login_and_refresh_are_503_and_the_token_stays_good()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var body = Wire.Json(("refresh_token", refresh));
        using (await StoreLock.TakeAsync(server))
        {
            var answers = await Task.WhenAll(
                server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)),
                server.JsonAsync("/v3/auth/refresh", body),
                server.JsonAsync("/auth/refresh", body)
            );
            foreach (var answer in answers)
            {
                await Golden.CheckAsync(answer, "503");
            }
        }

        await server.JsonAsync("/v3/auth/refresh", body).PairAsync();
        await server.SessionV3Async();
    }
}
