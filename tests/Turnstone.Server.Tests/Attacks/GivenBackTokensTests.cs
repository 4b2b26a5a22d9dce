using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Each of a program's tokens that is revoked alone is remembered by every node until its own end: up to ninety days.
/// A program that revokes too many ends all of its own with the next one, by one mark.
/// </summary>
public sealed class GivenBackTokensTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_too_many_ends_all_of_the_clients_own_and_none_is_remembered_any_more()
    {
        await using var server = await StartAsync();
        var tokens = await TokensAsync(server, 4);
        await GiveBackAsync(server, tokens[..2]);
        Assert.Equal(2, Kept(server));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, tokens[3]));

        await GiveBackAsync(server, tokens[2..3]);

        await RefusedAsync(server, tokens);
        await server.Services.GetRequiredService<RevokedSessions>().RefreshAsync(Cancel);
        Assert.Equal(0, Kept(server));
        await RefusedAsync(server, tokens);
    }

    [Fact]
    public async Task The_next_token_is_good_and_so_are_the_sessions_of_the_clients_users()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();

        await GiveBackAsync(server, await TokensAsync(server, 3));

        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, (await TokensAsync(server, 1))[0]));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
    }

    [Fact]
    public async Task A_node_that_starts_later_refuses_them_and_does_not_remember_them()
    {
        await using var server = await StartAsync();
        var tokens = await TokensAsync(server, 4);
        await GiveBackAsync(server, tokens[..3]);

        await using var later = await StartAsync(beside: server);

        await RefusedAsync(later, tokens);
        Assert.Equal(0, Kept(later));
    }

    private static Task<TurnstoneServer> StartAsync(TurnstoneServer? beside = null) =>
        TurnstoneServer.StartAsync(AllContracts.MapAll, ["Turnstone:Limits:RevokedTokensPerClient=2"], beside: beside);

    private static int Kept(TurnstoneServer server) =>
        server.Services.GetRequiredService<RevokedSessions>().Count;

    private static async Task<string[]> TokensAsync(TurnstoneServer server, int count)
    {
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var answer = await server.FormAsync(
                "/oauth2/token",
                "grant_type=client_credentials&scope=individuals.read",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            );
            tokens[i] = (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
        }

        return tokens;
    }

    private static async Task GiveBackAsync(TurnstoneServer server, string[] tokens)
    {
        foreach (var token in tokens)
        {
            using var answer = await server.FormAsync(
                "/oauth2/revoke",
                $"token={token}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static async Task RefusedAsync(TurnstoneServer server, string[] tokens)
    {
        foreach (var token in tokens)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, token));
        }
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
        return answer.StatusCode;
    }
}
