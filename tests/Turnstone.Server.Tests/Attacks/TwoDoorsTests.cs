using System.Net;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>The older contract of a family does not undo the rules of the newer.</summary>
public sealed class TwoDoorsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_of_a_suspended_subscription_is_refreshed_at_neither()
    {
        await using var server = await PortalServer.StartAsync();
        var token = await LoginAsync(server);
        var subscription = (
            await server.Of<ISubscriptionStore>().ListAsync(await server.IdAsync(Known.Email), Cancel)
        ).Single(one => one.IsActive);
        await server.Of<SubscriptionApproval>().SuspendAsync(subscription.Id, new Caller("127.0.0.1"), Cancel);

        using var refused = await server.Http.RefreshV1Async(token);

        Assert.Equal((HttpStatusCode.BadRequest, "session_revoked"), CodeOf(refused));
    }

    [Fact]
    public async Task An_early_refresh_that_the_newer_rejects_is_rejected_at_the_older()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:EarlyRefresh=Reject"]);
        var token = await LoginAsync(server);

        using var early = await server.Http.RefreshV1Async(token);
        server.Time.Advance(TimeSpan.FromHours(12));
        using var due = await server.Http.RefreshV1Async(token);

        Assert.Equal((HttpStatusCode.BadRequest, "refresh_too_early"), CodeOf(early));
        Assert.Equal(HttpStatusCode.Created, due.StatusCode);
    }

    [Fact]
    public async Task An_early_refresh_that_the_older_rejects_is_rejected_at_the_newer()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV1:EarlyRefresh=Reject"]);
        var code = await Known.CodeAsync(server.Services, "auth");
        using var login = await server.Http.GetAsync($"/auth/v1/token?code={code}", Cancel);

        using var early = await server.Http.RefreshV2Async(await login.RefreshOfSetAsync());

        Assert.Equal((HttpStatusCode.BadRequest, "refresh_too_early"), CodeOf(early));
    }

    [Fact]
    public async Task The_retry_window_is_the_smaller_of_the_two()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:RetryWindowSeconds=0"]);
        var token = await LoginAsync(server);
        using var first = await server.Http.RefreshV1Async(token);

        using var again = await server.Http.RefreshV1Async(token);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, "token_reused"), CodeOf(again));
    }

    [Fact]
    public async Task A_suspected_copy_ends_the_session_at_the_older_where_the_newer_says_so()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:SuspectedCopy=End"]);
        var first = await LoginAsync(server);
        using var lost = await server.Http.RefreshV1Async(first);
        using var same = await server.Http.RefreshV1Async(first);
        var second = await same.RefreshOfSetAsync();
        using var owner = await server.Http.RefreshV1Async(second);

        using var thief = await server.Http.RefreshV1Async(second);

        Assert.Equal(HttpStatusCode.Created, owner.StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, "token_reused"), CodeOf(thief));
    }

    [Fact]
    public async Task Lifetimes_are_the_smaller_of_the_two()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:AccessTokenSeconds=600"]);
        var token = await LoginAsync(server);

        using var refreshed = await server.Http.RefreshV1Async(token);

        var set = await refreshed.JsonAsync();
        Assert.Equal(600, set.GetProperty("authorization").GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task A_session_of_the_older_alone_keeps_its_own_terms()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:EarlyRefresh=Reject"]);
        var code = await Known.CodeAsync(server.Services, "auth");
        using var login = await server.Http.GetAsync($"/auth/v1/token?code={code}", Cancel);

        using var early = await server.Http.RefreshV1Async(await login.RefreshOfSetAsync());

        Assert.Equal(HttpStatusCode.Created, early.StatusCode);
    }

    private static async Task<string> LoginAsync(TurnstoneServer server)
    {
        using var login = await server.Http.LoginV2Async();
        return await login.RefreshOfSetAsync();
    }

    private static (HttpStatusCode Status, string? Code) CodeOf(HttpResponseMessage answer) =>
        (answer.StatusCode, answer.Headers.TryGetValues("Error-Code", out var codes) ? codes.Single() : null);
}
