using System.Net;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal.Device;

/// <summary>The device's side of RFC 8628.</summary>
public sealed class DeviceGrantTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Known.PublicClientId)]
    [InlineData(Known.ClientId)]
    public async Task A_device_that_was_let_in_gets_tokens_that_refresh(string client)
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server, client);
        Assert.Equal("authorization_pending", await device.ErrorAsync());

        Assert.Contains(
            "The device is signed in",
            await device.AnswerAsync(visitor, "allow"),
            StringComparison.Ordinal
        );
        using var answer = await device.PollAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = await answer.JsonAsync();
        Assert.Equal("openid individuals.read", tokens.GetProperty("scope").GetString());
        Assert.True(tokens.TryGetProperty("id_token", out _));
        using var refreshed = await server.Http.OAuth2TokenAsync([
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.GetProperty("refresh_token").GetString()!),
            ("client_id", client),
            .. client == Known.ClientId ? new[] { ("client_secret", Known.ClientSecret) } : [],
        ]);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Fact]
    public async Task The_answer_is_what_the_standard_says()
    {
        await using var server = await FakeDevice.ServerAsync();

        var device = await FakeDevice.BeginAsync(server);

        Assert.Equal(
            ["device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"],
            device.Codes.EnumerateObject().Select(member => member.Name)
        );
        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", device.UserCode);
        Assert.Matches("^tsd_[A-Za-z0-9_-]{43}$", device.DeviceCode);
        Assert.Equal(
            $"https://id.example.test/portal/device?user_code={device.UserCode}",
            device.Codes.GetProperty("verification_uri_complete").GetString()
        );
        Assert.Equal(600, device.Codes.GetProperty("expires_in").GetInt32());
        Assert.Equal(5, device.Codes.GetProperty("interval").GetInt32());
        var stored = await server.StoredAsync();
        Assert.DoesNotContain(device.DeviceCode, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(
            device.UserCode.Replace("-", "", StringComparison.Ordinal),
            stored,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Whoever_asks_too_often_has_to_wait_five_seconds_longer_each_time()
    {
        await using var server = await FakeDevice.ServerAsync();
        var device = await FakeDevice.BeginAsync(server);

        Assert.Equal("authorization_pending", await device.ErrorAsync());
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("authorization_pending", await device.ErrorAsync());
        server.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("slow_down", await device.ErrorAsync());
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("slow_down", await device.ErrorAsync());
        server.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("authorization_pending", await device.ErrorAsync());
    }

    [Fact]
    public async Task A_device_that_was_refused_learns_that()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);

        await device.AnswerAsync(visitor, "deny");

        Assert.Equal("access_denied", await device.ErrorAsync());
        Assert.Contains("No device waits", await device.AnswerAsync(visitor, "allow"), StringComparison.Ordinal);
        Assert.Equal("access_denied", await device.ErrorAsync());
    }

    [Fact]
    public async Task A_code_works_for_ten_minutes()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var (late, allowed) = (await FakeDevice.BeginAsync(server), await FakeDevice.BeginAsync(server));
        await allowed.AnswerAsync(visitor, "allow");

        server.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("expired_token", await late.ErrorAsync());
        Assert.Equal("expired_token", await allowed.ErrorAsync());
        Assert.Contains("No device waits", await late.AnswerAsync(visitor, "allow"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_exchanged_once_and_a_second_exchange_ends_nothing()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        await device.AnswerAsync(visitor, "allow");
        using var first = await device.PollAsync();

        Assert.Equal("invalid_grant", await device.ErrorAsync());

        var access = (await first.JsonAsync()).GetProperty("access_token").GetString()!;
        using var good = await server.Http.WithBearerAsync(HttpMethod.Get, "/v1/oauth/token", access);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task Exchanges_at_once_on_two_nodes_give_one_session()
    {
        await using var server = await FakeDevice.ServerAsync();
        await using var other = await PortalServer.StartAsync(beside: server);
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        await device.AnswerAsync(visitor, "allow");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => device.PollAsync(node: i % 2 == 0 ? server : other))
        );

        var won = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        var sessions = await server
            .Of<ISessionStore>()
            .ListAsync(SessionHolder.Consent(await server.IdAsync(), Known.PublicClientId), 10, Cancel);
        var session = Assert.Single(sessions);
        Assert.Equal((GrantKind.Device, FakeDevice.Agent), (session.Grant, session.OpenedBy.UserAgent));
        using var good = await server.Http.WithBearerAsync(
            HttpMethod.Get,
            "/v1/oauth/token",
            (await won.JsonAsync()).GetProperty("access_token").GetString()!
        );
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_to_the_same_key()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        await device.AnswerAsync(visitor, "allow");

        using var first = await device.PollAsync("a key");
        using var second = await device.PollAsync("a key");
        using var third = await device.PollAsync("another");

        Assert.Equal(
            (await first.JsonAsync()).GetProperty("refresh_token").GetString(),
            (await second.JsonAsync()).GetProperty("refresh_token").GetString()
        );
        Assert.Equal(HttpStatusCode.BadRequest, third.StatusCode);
    }

    [Fact]
    public async Task A_device_code_is_the_clients_that_asked_for_it()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        await device.AnswerAsync(visitor, "allow");

        Assert.Equal("invalid_grant", await device.ErrorAsync(client: Known.ClientId));
        using var asCode = await server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", device.DeviceCode),
            ("client_id", Known.PublicClientId),
            ("code_verifier", AuthorizeUrl.Verifier)
        );
        Assert.Equal("invalid_grant", (await asCode.JsonAsync()).GetProperty("error").GetString());

        using var right = await device.PollAsync();
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task A_consent_that_was_taken_back_before_the_exchange_lets_nobody_in()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        await device.AnswerAsync(visitor, "allow");
        var id = await server.IdAsync();
        var entry = new AuditEntry
        {
            Event = AuditEvent.ConsentWithdrawn,
            At = server.Time.Now,
            Caller = new Caller("127.0.0.1"),
        };

        await server.Of<IConsentStore>().WithdrawAsync(id, Known.PublicClientId, entry, Cancel);

        Assert.Equal("access_denied", await device.ErrorAsync());
    }

    [Theory]
    [InlineData(Known.OtherClientId, "", "invalid_client")]
    [InlineData(Known.PublicClientId, "admin", "invalid_scope")]
    public async Task Who_may_not_ask_gets_no_codes(string client, string scope, string error)
    {
        await using var server = await FakeDevice.ServerAsync();

        using var answer = await FakeDevice.AskAsync(server, client, scope);

        Assert.Equal(error, (await answer.JsonAsync()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_client_that_is_not_registered_for_it_gets_no_codes()
    {
        await using var server = await PortalServer.StartAsync();

        using var answer = await FakeDevice.AskAsync(server, Known.PublicClientId);

        Assert.Equal("unauthorized_client", (await answer.JsonAsync()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("DeviceCodesPerClient")]
    [InlineData("DeviceCodesPerNetwork")]
    public async Task Client_and_network_have_limits(string limit)
    {
        await using var server = await FakeDevice.ServerAsync([$"Turnstone:Limits:{limit}:Count=2"]);
        await FakeDevice.BeginAsync(server);
        await FakeDevice.BeginAsync(server);

        using var third = await FakeDevice.AskAsync(server, Known.PublicClientId);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
    }

    [Fact]
    public async Task Waiting_is_no_failure_in_the_record()
    {
        await using var server = await FakeDevice.ServerAsync(["Turnstone:Limits:RefusalsPerNetwork:Count=1"]);
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await device.ErrorAsync();
        }

        await device.AnswerAsync(visitor, "allow");
        using var answer = await device.PollAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var audit = server.Of<IAuditLog>();
        Assert.Empty(await audit.ReadAsync(new AuditQuery { Event = AuditEvent.LoginFailed }, Cancel));
        var consent = Assert.Single(await audit.ReadAsync(new AuditQuery { Event = AuditEvent.ConsentGiven }, Cancel));
        Assert.Equal((Known.PublicClientId, "oauth2"), (consent.ClientId, consent.Contract));
    }
}
