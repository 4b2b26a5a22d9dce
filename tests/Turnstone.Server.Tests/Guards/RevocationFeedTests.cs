using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Portal;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Guards;

public sealed partial class RevocationFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

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
            .EndAllAsync(SessionHolder.Client(Known.ClientId), RevocationReason.ByOperator, Caller.Operator, Cancel);
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

    [Fact]
    public async Task A_follower_is_let_go_after_ten_minutes_and_has_to_prove_itself_anew()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        using var following = await server.FeedAsync();
        await using var stream = await following.Content.ReadAsStreamAsync(Cancel);
        await stream.UntilCurrentAsync();

        // Until then it is told that nothing is missing.
        server.Time.Advance(TimeSpan.FromSeconds(599));
        await server.Of<RevokedSessions>().RefreshAsync(Cancel);
        var last = server.Time.Now.AddSeconds(-5).ToUnixTimeMilliseconds();
        while (await AsOfAsync(stream) < last) { }

        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server.Of<RevokedSessions>().RefreshAsync(Cancel);
        await stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(Patience, Cancel);
        await server
            .Of<Clients>()
            .ChangeAsync(
                FeedCalls.GuardId,
                client => client with { MayIntrospect = false },
                "introspection",
                Caller.Operator,
                Cancel
            );
        using var again = await server.FeedAsync();
        Assert.Equal(403, (int)again.StatusCode);
    }

    [Fact]
    public async Task A_server_that_stops_lets_its_followers_go()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        using var following = await server.FeedAsync();
        await using var stream = await following.Content.ReadAsStreamAsync(Cancel);
        await stream.UntilCurrentAsync();

        server.Of<IHostApplicationLifetime>().StopApplication();

        // To its end, which is no broken connection.
        await stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task Who_comes_back_after_more_than_is_kept_is_told_everything_first()
    {
        await using var server = await PortalServer.StartAsync(services: MoreChanges.AddTo);
        await server.AddGuardAsync();
        var guard = new FollowingGuard();
        var old = End(server, 1);
        guard.Read(await server.UntilCurrentAsync(lastId: null));
        var place = guard.LastId;

        var missed = End(server, RevocationLog.Capacity);
        guard = new FollowingGuard();
        guard.Read(await server.UntilCurrentAsync(place));
        Assert.Equal((missed.Length, false), (guard.Count, guard.Refuses(old[0])));

        string[] all = [.. old, .. missed, .. End(server, 1)];
        guard = new FollowingGuard();
        guard.Read(await server.UntilCurrentAsync(place));
        Assert.Equal(all.Length, guard.Count);
        Assert.All(all, id => Assert.True(guard.Refuses(id), id));

        guard = new FollowingGuard();
        guard.Read(await server.UntilCurrentAsync(lastId: $"{place!.Split('-')[0]}-{all.Length}"));
        Assert.Equal(0, guard.Count);
    }

    /// <summary>The moment of the next word that nothing is missing.</summary>
    private static async Task<long> AsOfAsync(Stream stream)
    {
        var told = Encoding.UTF8.GetString(await stream.UntilCurrentAsync());
        return long.Parse(AsOf().Matches(told)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("\"as_of\":(\\d+)")]
    private static partial Regex AsOf();

    private static string[] End(TurnstoneServer server, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => NewId(server)).ToArray();
        var ended = ids.Select(id => new RevokedSession(id, server.Time.Now, server.Time.Now.AddHours(1)));
        server.Of<MoreChanges>().Tell([.. ended]);
        return [.. ids.Select(id => $"{id}")];
    }

    private static SessionId NewId(TurnstoneServer server) => SessionId.New(RandomSource.System, server.Time.Now);
}
