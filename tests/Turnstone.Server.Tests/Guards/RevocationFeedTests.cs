using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Portal;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Guards;

public sealed class RevocationFeedTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_who_may_ask_about_tokens_may_follow()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        using var nobody = await server.Http.GetAsync("/feed/revocations", Cancel);
        using var wrong = await server.FeedAsync(secret: "wrong");
        using var other = await server.FeedAsync(client: Known.ClientId, secret: Known.ClientSecret);
        using var guard = await server.FeedAsync(accept: "application/json");
        Assert.Equal(
            [401, 401, 403, 200],
            new[] { nobody, wrong, other, guard }.Select(answer => (int)answer.StatusCode)
        );
        Assert.StartsWith("Basic", $"{nobody.Headers.WwwAuthenticate}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_session_and_a_whole_holder_are_an_entry_each_on_every_node()
    {
        await using var first = await PortalServer.StartAsync();
        await using var second = await PortalServer.StartAsync(beside: first);
        await first.AddGuardAsync();
        using var following = await second.FeedAsync();
        await using var stream = await following.Content.ReadAsStreamAsync(Cancel);
        var guard = new FollowingGuard();
        guard.Read(await stream.UntilCurrentAsync());
        Assert.Equal(0, guard.Count);

        using var login = await first.Http.LoginV2Async();
        var session = (
            await first.Of<ISessionStore>().ListAsync(SessionHolder.Account(await first.IdAsync()), 10, Cancel)
        ).Single();
        await first.Of<SessionRevocation>().EndAsync(session.Id, RevocationReason.Logout, Caller.Operator, Cancel);
        await first
            .Of<SessionRevocation>()
            .EndAllAsync(
                SessionHolder.Client(Known.ClientId),
                RevocationReason.ByOperator,
                Caller.Operator,
                Cancel
            );
        first.Time.Advance(TimeSpan.FromSeconds(1));
        await second.Of<RevokedSessions>().RefreshAsync(Cancel);
        guard.Read(await stream.UntilCurrentAsync());

        Assert.Equal(2, guard.Count);
        Assert.True(guard.Refuses(session.Id.ToString()));
        Assert.True(guard.Refuses("client", Known.ClientId, openedAfter: 0));

        // From the beginning, and from the other node.
        foreach (var node in (TurnstoneServer[])[first, second])
        {
            var late = new FollowingGuard();
            late.Read(await node.UntilCurrentAsync(guard.LastId));
            late.Read(await node.UntilCurrentAsync(null));
            Assert.Equal(2, late.Count);
        }
    }

    [Fact]
    public async Task Who_comes_back_is_told_only_what_is_new()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        var revocation = server.Of<SessionRevocation>();
        var (old, young) = (NewId(server), NewId(server));
        await revocation.EndForgottenAsync(old, RevocationReason.Logout, Caller.Operator, Cancel);
        var guard = new FollowingGuard();
        guard.Read(await server.UntilCurrentAsync(null));
        Assert.True(guard.Refuses($"{old}"));

        await revocation.EndForgottenAsync(young, RevocationReason.Logout, Caller.Operator, Cancel);
        var back = new FollowingGuard();
        back.Read(await server.UntilCurrentAsync(guard.LastId));
        Assert.True(back.Refuses($"{young}"));
        Assert.Equal(1, back.Count);
    }

    [Fact]
    public async Task Who_polls_gets_everything_with_a_tag_and_304_while_nothing_is_new()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        var id = NewId(server);
        await server.Of<SessionRevocation>().EndForgottenAsync(id, RevocationReason.Logout, Caller.Operator, Cancel);
        using var all = await server.FeedAsync(accept: "application/json");
        var guard = new FollowingGuard();
        guard.ReadAll(await all.JsonAsync());
        Assert.True(guard.Refuses($"{id}"));

        using var same = await server.FeedAsync(accept: "application/json", tag: $"{all.Headers.ETag}");
        Assert.Equal(304, (int)same.StatusCode);
        await server
            .Of<SessionRevocation>()
            .EndForgottenAsync(NewId(server), RevocationReason.Logout, Caller.Operator, Cancel);
        using var more = await server.FeedAsync(accept: "application/json", tag: $"{all.Headers.ETag}");
        Assert.Equal(200, (int)more.StatusCode);
    }

    private static SessionId NewId(TurnstoneServer server) => SessionId.New(RandomSource.System, server.Time.Now);
}
