using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.AspNetCore;
using Turnstone.AspNetCore.Feed;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>A token is dead at a guard a second after it was revoked, and what if the feed is away.</summary>
public sealed class RevocationTests
{
    private const string Feed = "/feed";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_was_ended_is_refused_within_a_second_and_no_other_is()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var (ended, other) = (await server.ByKeyAsync(), await server.ByKeyAsync());
        Assert.Equal((200, 200), (await api.StatusAsync("/me", ended), await api.StatusAsync("/me", other)));
        var asked = api.Road.AskedFor("/introspect");

        await EndAsync(server, ended);
        var clock = Stopwatch.StartNew();
        await api.UntilAsync(() => api.Guard.Ended.Count > 0);
        Assert.Equal((401, 200), (await api.StatusAsync("/me", ended), await api.StatusAsync("/me", other)));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(asked, api.Road.AskedFor("/introspect"));
    }

    [Fact]
    public async Task All_tokens_of_a_holder_end_by_one_entry_and_those_of_after_it_are_good()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var account = await server.IdAsync();
        var program = await server.OfProgramAsync();
        foreach (var holder in (SessionHolder[])[SessionHolder.Account(account), SessionHolder.Everyone])
        {
            var tokens = (string[])[await server.ByKeyAsync(), await server.ByPasswordAsync()];
            Assert.Equal((200, 200), await BothAsync(api, tokens));
            var known = api.Guard.Ended.Version;
            await EndAllAsync(server, holder);
            await api.UntilAsync(() => api.Guard.Ended.Version > known);
            Assert.Equal((401, 401), await BothAsync(api, tokens));
            Assert.Equal(holder == SessionHolder.Everyone ? 401 : 200, await api.StatusAsync("/me", program));
            Assert.Equal(200, await api.StatusAsync("/me", await server.ByKeyAsync()));
        }
    }

    [Fact]
    public async Task What_a_key_has_opened_ends_with_the_key_and_nothing_else_does()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var tokens = (string[])[await server.ByKeyAsync(), await server.ByPasswordAsync()];
        Assert.Equal((200, 200), await BothAsync(api, tokens));

        using var owner = await Visitor.SignedInAsync(server);
        var keys = await owner.PageAsync("/portal/api-keys");
        var path = Regex.Match(keys, "/portal/api-keys/[0-9a-f-]{36}").Value;
        using var revoked = await owner.FillAsync(path, $"{path}?handler=Revoke");
        Assert.Equal(302, (int)revoked.StatusCode);
        await api.UntilAsync(() => api.Guard.Ended.Count > 0);
        Assert.Equal((401, 200), await BothAsync(api, tokens));
        Assert.Equal(0, api.Road.AskedFor("/introspect"));
    }

    [Fact]
    public async Task A_program_s_own_token_is_ended_alone_and_by_its_client()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var (first, second) = (await server.OfProgramAsync(), await server.OfProgramAsync());
        Assert.Equal((200, 200), (await api.StatusAsync("/me", first), await api.StatusAsync("/me", second)));
        using var revoked = await server.FormAsync(
            "/oauth2/revoke",
            $"token={first}",
            DpopClient.Shop
        );
        Assert.Equal(200, (int)revoked.StatusCode);
        await api.UntilAsync(() => api.Guard.Ended.Count > 0);
        Assert.Equal((401, 200), (await api.StatusAsync("/me", first), await api.StatusAsync("/me", second)));

        await EndAllAsync(server, SessionHolder.OwnTokens(Known.ClientId));
        await api.UntilAsync(() => api.Guard.Ended.Count > 1);
        Assert.Equal(401, await api.StatusAsync("/me", second));
    }

    [Fact]
    public async Task Without_the_feed_it_serves_for_a_while_and_then_asks_the_server()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var (good, ended) = (await server.ByKeyAsync(), await server.ByKeyAsync());
        Assert.Equal((200, 200), (await api.StatusAsync("/me", good), await api.StatusAsync("/me", ended)));

        api.Road.Block(Feed);
        server.Time.Advance(TimeSpan.FromSeconds(29));
        await EndAsync(server, ended);
        Assert.Equal((200, 200), (await api.StatusAsync("/me", good), await api.StatusAsync("/me", ended)));
        Assert.Equal(0, api.Road.AskedFor("/introspect"));

        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((200, 401), (await api.StatusAsync("/me", good), await api.StatusAsync("/me", ended)));
        Assert.Equal(2, api.Road.AskedFor("/introspect"));

        api.Road.Block();
        using var refused = await api.GetAsync("/me", good);
        Assert.Equal((503, "1"), ((int)refused.StatusCode, $"{refused.Headers.RetryAfter}"));

        api.Road.Open();
        await api.UntilAsync(() => api.Guard.Feed.IsCurrent && api.Guard.Ended.Count > 0);
        var asked = api.Road.AskedFor("/introspect");
        Assert.Equal((200, 401), (await api.StatusAsync("/me", good), await api.StatusAsync("/me", ended)));
        Assert.Equal(asked, api.Road.AskedFor("/introspect"));
    }

    [Fact]
    public async Task Without_the_feed_it_serves_for_a_while_and_then_refuses_if_it_was_told_so()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(
            server,
            options =>
            {
                options.KeepServing = TimeSpan.FromMinutes(2);
                options.ThenWithoutFeed = WhenFeedIsAway.Refuse;
            }
        );
        var token = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token));

        api.Road.Block(Feed);
        server.Time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(200, await api.StatusAsync("/me", token));
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(503, await api.StatusAsync("/me", token));
        Assert.Equal(0, api.Road.AskedFor("/introspect"));
    }

    [Fact]
    public async Task Before_the_feed_was_heard_of_the_first_time_nobody_is_served_by_what_is_known()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(
            server,
            options =>
            {
                (options.ClientId, options.ClientSecret) = ("nobody", "not the secret of anybody");
                (options.FollowsRevocations, options.ThenWithoutFeed) = (true, WhenFeedIsAway.Refuse);
            }
        );
        Assert.Equal(503, await api.StatusAsync("/me", await server.ByKeyAsync()));
    }

    [Fact]
    public async Task What_was_ended_while_the_guard_was_away_it_knows_when_it_is_back()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var token = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token));
        api.Road.Block(Feed);
        await EndAsync(server, token);
        Assert.Equal(200, await api.StatusAsync("/me", token));
        api.Road.Open();
        await api.UntilAsync(() => api.Guard.Ended.Count > 0);
        Assert.Equal(401, await api.StatusAsync("/me", token));
    }

    [Fact]
    public async Task After_an_hour_away_it_serves_nobody_by_what_it_knows_before_it_knows_all_of_that_hour()
    {
        const int Minutes = 60;
        const int EachMinute = 20;
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server);
        var token = await server.ByPasswordAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token));
        api.Road.Block(Feed);
        var revocation = server.Services.GetRequiredService<SessionRevocation>();
        for (var i = 0; i < Minutes * EachMinute; i++)
        {
            var id = SessionId.New(RandomSource.System, server.Time.Now);
            await revocation.EndForgottenAsync(id, RevocationReason.Logout, Caller.Operator, Cancel);
            server.Time.Advance(TimeSpan.FromMinutes(1) / EachMinute);
        }

        await EndAsync(server, token);
        Assert.False(api.Guard.Feed.IsCurrent);

        api.Road.Open();
        await api.UntilAsync(() => api.Guard.Feed.IsCurrent);
        Assert.Equal((Minutes * EachMinute) + 1, api.Guard.Ended.Count);
        Assert.Equal(401, await api.StatusAsync("/me", token));
        Assert.Equal(0, api.Road.AskedFor("/introspect"));
    }

    [Fact]
    public void A_guard_that_lost_the_feed_tries_again_within_seven_tenths_of_a_second_however_long_it_was_away()
    {
        Assert.All(
            Enumerable.Range(0, 20),
            failures =>
                Assert.InRange(
                    FeedFollower.LongestWaitAfter(failures),
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromSeconds(0.7)
                )
        );
    }

    [Fact]
    public async Task Whose_account_only_the_server_knows_is_asked_for_when_an_account_was_ended()
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.ChangeAsync(server, Known.ClientId, client => client with { Pairwise = true });
        await using var api = await GuardedApi.FollowingAsync(server);
        var form = await server.CodeFormAsync(Known.ClientId);
        var (mine, _) = await server.FormAsync("/oauth2/token", form, DpopClient.Shop).PairAsync();
        Assert.True(new JsonWebToken(mine).TryGetClaim("holder", out _));
        Assert.Equal(200, await api.StatusAsync("/me", mine));
        Assert.Equal(0, api.Road.AskedFor("/introspect"));

        var other = (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id;
        await EndAllAsync(server, SessionHolder.Account(other));
        await api.UntilAsync(() => api.Guard.Ended.Count > 0);
        Assert.Equal(200, await api.StatusAsync("/me", mine));
        Assert.Equal(1, api.Road.AskedFor("/introspect"));

        await EndAllAsync(server, SessionHolder.Account(await server.IdAsync()));
        await api.UntilAsync(() => api.Guard.Ended.Count > 1);
        Assert.Equal(401, await api.StatusAsync("/me", mine));
    }

    private static async Task<(int, int)> BothAsync(GuardedApi api, string[] tokens) =>
        (await api.StatusAsync("/me", tokens[0]), await api.StatusAsync("/me", tokens[1]));

    private static async Task EndAsync(TurnstoneServer server, string token)
    {
        Assert.True(SessionId.TryParse(new JsonWebToken(token).GetClaim("sid").Value, out var id));
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAsync(id!.Value, RevocationReason.Logout, Caller.Operator, Cancel);
    }

    private static async Task EndAllAsync(TurnstoneServer server, SessionHolder holder) =>
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(holder, RevocationReason.ByOperator, Caller.Operator, Cancel);
}
