using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>An exchanged token dies with its subject's session, however that ends, and with who holds it.</summary>
public sealed class ExchangedTokenEndsTests
{
    private static readonly (string, string) Shop = Wire.Basic(Known.ClientId, Known.ClientSecret);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_session_and_with_whatever_ends_that()
    {
        await using var server = await StartAsync();
        var account = (await Known.AccountAsync(server.Services))!.Id;
        Func<SessionId, Task>[] ends =
        [
            id => server.Services.GetRequiredService<SessionRevocation>().EndAsync(id, Reason, Caller.Operator, Cancel),
            _ => EndAsync(server, SessionHolder.Account(account)),
            _ => EndAsync(server, SessionHolder.Client(Known.ClientId)),
            _ => EndAsync(server, SessionHolder.Consent(account, Known.ClientId)),
            _ => EndAsync(server, SessionHolder.Everyone),
        ];
        foreach (var end in ends)
        {
            var (access, _) = await server.OAuth2Async();
            var first = await server.ExchangedAsync(access);
            var second = await server.ExchangedAsync(first, client: Shop);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await UseAsync(server, first, second));

            await end(SessionOf(server, access));

            Assert.Equal(
                (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
                await UseAsync(server, first, second)
            );
        }
    }

    [Fact]
    public async Task A_programs_and_an_API_keys_too()
    {
        await using var server = await StartAsync();
        var program = await server.ExchangedAsync(await server.OwnTokenAsync(Shop));
        var (access, _) = await server.SessionV3Async();
        var key = await server.ExchangedAsync(access);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await UseAsync(server, program, key));
        server.Services.GetRequiredService<AccessTokenReader>().Read(access).Good(out var claims);

        await EndAsync(server, SessionHolder.OwnTokens(Known.ClientId));
        await EndAsync(server, SessionHolder.ApiKey(claims!.ApiKeyId!.Value));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await UseAsync(server, program, key));
    }

    /// <summary>The session of the person stands, so a client whose tokens were ended may exchange again.</summary>
    [Fact]
    public async Task With_the_clients_that_exchanged_but_they_may_do_it_again()
    {
        await using var server = await StartAsync();
        foreach (var holder in new[] { SessionHolder.Client("own"), SessionHolder.OwnTokens("own") })
        {
            var (access, _) = await server.OAuth2Async();
            var first = await server.ExchangedAsync(access);
            var second = await server.ExchangedAsync(first, client: Shop);

            await EndAsync(server, holder);

            Assert.Equal(
                (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
                await UseAsync(server, first, second)
            );
            var again = await server.ExchangedAsync(access);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await UseAsync(server, access, again));
        }
    }

    [Fact]
    public async Task Whom_the_person_stops_acts_for_none_of_the_sessions_that_there_are()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();
        var first = await server.ExchangedAsync(access);
        var second = await server.ExchangedAsync(first, client: Shop);
        var account = (await Known.AccountAsync(server.Services))!.Id;
        var acting = server.Services.GetRequiredService<ActingClients>();
        Assert.Equal(["own", "shop"], (await acting.ListAsync(account, Cancel)).Select(one => one.ClientId).Order());

        Assert.False(await acting.EndAsync(account, "unknown", Caller.Operator, Cancel));
        Assert.True(await acting.EndAsync(account, "own", Caller.Operator, Cancel));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await UseAsync(server, first, second));
        Assert.Equal(["shop"], (await acting.ListAsync(account, Cancel)).Select(one => one.ClientId));
        var again = await server.ExchangedAsync(access);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await UseAsync(server, access, again));

        // A new session is a new matter.
        var (later, _) = await server.OAuth2Async();
        var other = await server.ExchangedAsync(later);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await UseAsync(server, later, other));
    }

    [Fact]
    public async Task One_that_is_given_back_ends_alone_and_only_its_client_gives_it_back()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();
        var (given, kept) = (await server.ExchangedAsync(access), await server.ExchangedAsync(access));

        using var foreign = await server.FormAsync("/oauth2/revoke", $"token={given}", Shop);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        using var answer = await server.FormAsync("/oauth2/revoke", $"token={given}", OwnClient.Basic);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), await UseAsync(server, given, kept));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await UseAsync(server, access, kept));
    }

    private const RevocationReason Reason = RevocationReason.ByOwner;

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await Wire.StartAsync();
        await Exchanging.AddAsync(server);
        await Exchanging.AllowAsync(server, Known.ClientId);
        return server;
    }

    private static async Task EndAsync(TurnstoneServer server, SessionHolder holder) =>
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(holder, Reason, Caller.Operator, Cancel);

    private static SessionId SessionOf(TurnstoneServer server, string token) =>
        server.Services.GetRequiredService<AccessTokenReader>().Read(token).Claims!.SessionId;

    private static async Task<(HttpStatusCode, HttpStatusCode)> UseAsync(
        TurnstoneServer server,
        string first,
        string second
    )
    {
        using var one = await server.GetAsync("/v3/individuals", first);
        using var two = await server.GetAsync("/v3/individuals", second);
        return (one.StatusCode, two.StatusCode);
    }
}
