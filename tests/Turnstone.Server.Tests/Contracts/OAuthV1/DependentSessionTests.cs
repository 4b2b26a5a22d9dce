using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Contracts.OAuthV1;

/// <summary>What a company opens for its user depends on the session by which the user let it in.</summary>
public sealed class DependentSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_with_that_session_its_access_token_at_once()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await OpenAsync(server);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));

        var user = await UsersOwnAsync(server);
        Assert.True(
            await server
                .Services.GetRequiredService<SessionRevocation>()
                .EndAsync(user.Id, RevocationReason.ByOwner, Caller.Operator, Cancel)
        );

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, access));
        Assert.Equal(HttpStatusCode.BadRequest, await RefreshAsync(server, refresh));
    }

    [Fact]
    public async Task It_ends_when_a_thief_of_that_session_is_found()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var (_, stolen) = await server.OAuthV1Async(email: Known.OtherEmail);
        var (access, refresh) = await CreateAsync(server, company);
        var latest = stolen;
        for (var i = 0; i < 2; i++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(1));
            latest = (await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(latest)).PairAsync()).Refresh;
        }

        Assert.Equal(HttpStatusCode.BadRequest, await RefreshAsync(server, stolen));

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, access));
        Assert.Equal(HttpStatusCode.BadRequest, await RefreshAsync(server, refresh));
    }

    /// <summary>A process that dies between the two ends leaves an access token, but no refresh.</summary>
    [Fact]
    public async Task It_is_not_refreshed_where_only_the_row_of_that_session_says_that_it_ended()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await OpenAsync(server);
        var (_, next) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh)).PairAsync();
        var entry = new AuditEntry
        {
            Event = AuditEvent.SessionRevoked,
            At = TurnstoneServer.Start,
            Caller = Caller.Operator,
        };

        await server
            .Services.GetRequiredService<Store>()
            .Sessions.EndAsync((await UsersOwnAsync(server)).Id, RevocationReason.ByOwner, entry, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, await RefreshAsync(server, next));
    }

    [Fact]
    public async Task It_goes_on_when_another_session_of_the_user_ends()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await OpenAsync(server);
        var user = await UsersOwnAsync(server);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server.OAuthV1Async(email: Known.OtherEmail);
        var other = (await HeldAsync(server)).First(one => one.Grant == GrantKind.Code && one.Id != user.Id);

        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAsync(other.Id, RevocationReason.ByOwner, Caller.Operator, Cancel);

        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
        Assert.Equal(HttpStatusCode.OK, await RefreshAsync(server, refresh));
    }

    private static async Task<(string Access, string Refresh)> OpenAsync(TurnstoneServer server)
    {
        var (company, _) = await server.OAuthV1Async("company");
        await server.OAuthV1Async(email: Known.OtherEmail);
        return await CreateAsync(server, company);
    }

    private static Task<(string Access, string Refresh)> CreateAsync(TurnstoneServer server, string company) =>
        server
            .Http.SendJsonAsync(
                "/v1/oauth/token/create/user",
                new { user_input = Known.OtherEmail },
                ("Authorization", $"Bearer {company}")
            )
            .PairAsync();

    private static async Task<HttpStatusCode> RefreshAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(token));
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v1/oauth/token", token);
        return answer.StatusCode;
    }

    private static async Task<Session> UsersOwnAsync(TurnstoneServer server) =>
        (await HeldAsync(server)).Single(session => session.Grant == GrantKind.Code);

    private static async Task<IReadOnlyList<Session>> HeldAsync(TurnstoneServer server) =>
        await server
            .Services.GetRequiredService<Store>()
            .Sessions.ListAsync(
                SessionHolder.Account((await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id),
                10,
                Cancel
            );
}
