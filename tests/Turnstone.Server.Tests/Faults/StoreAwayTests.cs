using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// While another process keeps the database to itself nothing can be committed: every contract says so in its own
/// shape, and goes on afterwards.
/// </summary>
public sealed class StoreAwayTests
{
    [Fact]
    public async Task Every_contract_answers_503_in_its_own_shape_and_goes_on_without_a_restart()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var refreshToken = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();

        var code = await Known.CodeAsync(server.Services, "oauth-v1", Known.ClientId, Known.RedirectUri);
        var standardCode = await Known.CodeAsync(server.Services, "oauth2", Known.ClientId, Known.RedirectUri);

        using (await StoreLock.TakeAsync(server))
        {
            var answers = await Task.WhenAll(
                server.Http.RefreshV1Async(refreshToken),
                server.Http.RefreshV2Async(refreshToken),
                server.Http.LoginV2Async(),
                server.Http.LoginV3Async(),
                server.Http.OAuth2TokenAsync(
                    ("grant_type", "authorization_code"),
                    ("code", standardCode),
                    ("redirect_uri", Known.RedirectUri),
                    ("client_id", Known.ClientId),
                    ("client_secret", Known.ClientSecret)
                ),
                server.Http.SendJsonAsync(
                    "/v1/oauth/token/user",
                    new
                    {
                        grant_type = "authorization_code",
                        code,
                        redirect_uri = Known.RedirectUri,
                        client_id = Known.ClientId,
                        client_secret = Known.ClientSecret,
                    }
                )
            );
            Assert.All(
                answers,
                answer =>
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    Assert.NotNull(answer.Headers.RetryAfter?.Delta);
                }
            );

            foreach (
                var (answer, contract) in answers.Zip([
                    "auth-v1",
                    "auth-v2",
                    "auth-v2",
                    "session-v3",
                    "oauth2",
                    "oauth-v1",
                ])
            )
            {
                await Golden.CheckAsync(answer, $"{contract}-503");
            }
        }

        using var repeated = await server.Http.RefreshV2Async(refreshToken);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
    }

    [Fact]
    public async Task Validation_goes_on_while_nothing_can_be_written()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var token = (await (await server.Http.LoginV3Async()).JsonAsync()).GetProperty("access_token").GetString()!;
        using (await StoreLock.TakeAsync(server))
        {
            using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_program_goes_on_to_get_its_tokens_while_nothing_can_be_written()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        (string, string)[] form =
        [
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
        ];
        using var before = await server.Http.OAuth2TokenAsync(form);
        using (await StoreLock.TakeAsync(server))
        {
            using var meanwhile = await server.Http.OAuth2TokenAsync(form);
            Assert.Equal(HttpStatusCode.OK, meanwhile.StatusCode);
        }
    }
}
