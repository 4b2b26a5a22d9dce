using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The clock is set forward and back by an hour while the server serves: nothing fails, nobody is locked out, and no
/// token is good for longer than it was given for.
/// </summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Access = TimeSpan.FromMinutes(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_of_the_wrong_hour_goes_on_when_the_clock_is_put_right()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        server.Time.Advance(Hour);
        var (ahead, refresh) = await PairAsync(await server.Http.LoginV3Async());
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, ahead));

        server.Time.SetBack(Hour);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, ahead));
        var (access, _) = await PairAsync(await server.Http.RefreshV3Async(refresh));

        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
        server.Time.Advance(Access + AccessTokenLimits.Skew);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, access));
    }

    [Fact]
    public async Task What_expired_in_the_wrong_hour_is_good_again_until_its_own_end_and_not_longer()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var (access, refresh) = await PairAsync(await server.Http.LoginV3Async());

        server.Time.Advance(Hour);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, access));
        using (var expired = await server.Http.RefreshV3Async(refresh))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, expired.StatusCode);
        }

        server.Time.SetBack(Hour);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
        server.Time.Advance(Access + AccessTokenLimits.Skew);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, access));
        (_, refresh) = await PairAsync(await server.Http.RefreshV3Async(refresh));
        server.Time.Advance(Hour - Access);
        using var ended = await server.Http.RefreshV3Async(refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
    }

    [Fact]
    public async Task A_token_of_the_wrong_hour_does_not_come_to_life_when_its_session_has_been_revoked()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        server.Time.Advance(Hour);
        var (ahead, first) = await PairAsync(await server.Http.LoginV3Async());
        server.Time.SetBack(Hour);
        var (_, second) = await PairAsync(await server.Http.RefreshV3Async(first));
        server.Time.Advance(Access);
        await PairAsync(await server.Http.RefreshV3Async(second));
        using (var reuse = await server.Http.RefreshV3Async(first))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, reuse.StatusCode);
        }

        server.Time.Advance(Hour - Access + TimeSpan.FromMinutes(1));
        await server.Services.GetRequiredService<RevokedSessions>().RefreshAsync(Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, ahead));
    }

    [Fact]
    public async Task A_store_that_was_made_in_the_wrong_hour_serves_when_the_clock_is_put_right()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        server.Time.SetBack(Hour);

        var (access, _) = await PairAsync(await server.Http.LoginV3Async());
        using var login = await server.Http.LoginV2Async();

        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
    }

    [Fact]
    public async Task Whoever_is_told_to_wait_is_never_told_the_hour_by_which_the_clock_was_wrong()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:Limits:LoginsPerApiKey:Count=1", "Turnstone:Limits:RequestsPerCredential:Count=2"]
        );
        server.Time.Advance(Hour);
        var (_, refresh) = await PairAsync(await server.Http.LoginV3Async());
        server.Time.SetBack(Hour);
        await PairAsync(await server.Http.LoginV3Async());
        await PairAsync(await server.Http.RefreshV3Async(refresh));
        await PairAsync(await server.Http.RefreshV3Async(refresh));

        using var again = await server.Http.LoginV3Async();
        using var tooOften = await server.Http.RefreshV3Async(refresh);

        Assert.All(
            [again, tooOften],
            answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), Access)
        );
    }

    private static async Task<(string Access, string Refresh)> PairAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var pair = await answer.JsonAsync();
        return (pair.GetProperty("access_token").GetString()!, pair.GetProperty("refresh_token").GetString()!);
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string access)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", access);
        return answer.StatusCode;
    }
}
