namespace Turnstone.Server.Tests.Contracts.OAuthV1;

public sealed class Unavailable503Tests
{
    [Fact]
    public async Task While_the_store_is_away_each_grant_is_503_and_nothing_is_consumed()
    {
        await using var server = await Wire.StartAsync();
        var (company, refresh) = await server.OAuthV1Async("company");
        (string Path, string Body)[] calls =
        [
            ("/v1/oauth/token/user", Wire.CodeBody(await server.CodeAsync("oauth-v1"))),
            ("/v1/oauth/token/company", Wire.RefreshBody(refresh)),
            ("/v1/oauth/token/create/user", Wire.Json(("user_input", Known.Email))),
        ];
        using (await StoreLock.TakeAsync(server))
        {
            foreach (var answer in await Task.WhenAll(calls.Select(SendAsync)))
            {
                await Golden.CheckAsync(answer, "503");
            }
        }

        foreach (var call in calls)
        {
            await SendAsync(call).PairAsync();
        }

        Task<HttpResponseMessage> SendAsync((string Path, string Body) call) =>
            server.JsonAsync(call.Path, call.Body, ("Authorization", $"Bearer {company}"));
    }
}
