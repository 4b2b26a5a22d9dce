using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

public sealed class Unavailable503Tests
{
    [Fact]
    public async Task While_the_store_is_away_each_grant_and_revoking_are_503_and_nothing_is_consumed()
    {
        await using var server = await Wire.StartAsync();
        var ((_, refresh), (_, given)) = (await server.OAuth2Async(), await server.OAuth2Async());
        (string Path, string Form)[] calls =
        [
            (
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={await server.CodeAsync("oauth2")}"
            ),
            ("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}"),
            ("/oauth2/revoke", $"token={given}"),
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
            Assert.True((await SendAsync(call)).IsSuccessStatusCode, call.Form);
        }

        Task<HttpResponseMessage> SendAsync((string Path, string Form) call) =>
            server.FormAsync(call.Path, call.Form, Wire.Basic(Known.ClientId, Known.ClientSecret));
    }
}
