using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Revocation;
using Turnstone.Server.Hosting.Logout;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Tests.Hosting;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>Clients are told that a session has ended (OpenID Connect Back-Channel Logout 1.0).</summary>
public sealed class BackchannelLogoutTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_out_in_the_portal_is_told_to_whoever_was_let_in_from_there()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address);
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(here);
        await server.LetInAsync(elsewhere);

        using var signedOut = await here.SendAsync("/portal/sign-out", form: null);
        var token = await ReadAsync(server, await receiver.NextAsync());

        var id = new JsonWebToken(mine.IdToken);
        Assert.Equal("logout+jwt", token.Typ);
        Assert.Equal((id.Subject, id.GetClaim("sid").Value), (token.Subject, token.GetClaim("sid").Value));
        Assert.Equal(
            JsonValueKind.Object,
            token
                .GetPayloadValue<JsonElement>("events")
                .GetProperty("http://schemas.openid.net/event/backchannel-logout")
                .ValueKind
        );
        Assert.Equal(TimeSpan.FromMinutes(2), token.ValidTo - token.IssuedAt);
        Assert.True(token.TryGetClaim("jti", out _));
        Assert.False(token.TryGetClaim("nonce", out _));
        await AssertNothingWaitsAsync(server);
        Assert.Equal(0, receiver.Waiting);

        // The client may go on without the person.
        Assert.True(await server.RefreshesAsync(mine));
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("revoked by the client")]
    [InlineData("ended in the portal")]
    [InlineData("all ended in the portal")]
    [InlineData("consent withdrawn")]
    public async Task Each_way_in_which_a_session_ends_is_told(string way)
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address);
        using var visitor = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(visitor);
        var sid = new JsonWebToken(mine.IdToken).GetClaim("sid").Value;

        await EndAsync(server, visitor, mine, sid, way);

        Assert.Equal(sid, (await ReadAsync(server, await receiver.NextAsync())).GetClaim("sid").Value);
        await AssertNothingWaitsAsync(server);
        Assert.Equal(0, receiver.Waiting);
    }

    [Theory]
    [InlineData("offline_access individuals.read", true)]
    [InlineData("openid", false)]
    public async Task Nobody_is_told_who_has_no_id_token_or_did_not_ask(string scope, bool registered)
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(registered ? receiver.Address : null);
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", scope)));
        using var exchanged = await server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Known.RedirectUri),
            ("code_verifier", AuthorizeUrl.Verifier),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        Assert.True(exchanged.IsSuccessStatusCode);

        using var signedOut = await visitor.SendAsync("/portal/sign-out", form: null);

        Assert.Empty(await server.Of<ILogoutNoticeStore>().ListAsync(Cancel));
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_client_that_fails_is_told_again_later_with_the_same_id()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address);
        receiver.Status = StatusCodes.Status500InternalServerError;
        await SignOutAsync(server);
        var first = new JsonWebToken(await receiver.NextAsync());
        var waiting = await WaitingAsync(server, tries: 1);
        Assert.Equal(server.Time.GetUtcNow() + TimeSpan.FromSeconds(5), waiting.DueAt);

        receiver.Status = StatusCodes.Status200OK;
        server.Time.Advance(TimeSpan.FromSeconds(5));
        var second = new JsonWebToken(await receiver.NextAsync());

        Assert.Equal(first.Id, second.Id);
        Assert.True(second.IssuedAt > first.IssuedAt);
        await AssertNothingWaitsAsync(server);
    }

    [Fact]
    public async Task A_client_that_fails_on_and_on_is_given_up()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address, waits: 2);
        receiver.Status = StatusCodes.Status404NotFound;
        await SignOutAsync(server);
        for (var tries = 1; tries <= 2; tries++)
        {
            await receiver.NextAsync();
            await WaitingAsync(server, tries);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await receiver.NextAsync();

        await AssertNothingWaitsAsync(server);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task No_redirect_is_followed()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address);
        receiver.Status = StatusCodes.Status307TemporaryRedirect;
        receiver.Location = receiver.Address.Replace("/logged-out", "/inside", StringComparison.Ordinal);

        await SignOutAsync(server);
        Assert.NotEqual("elsewhere", await receiver.NextAsync());
        await WaitingAsync(server, tries: 1);

        Assert.Equal(0, receiver.Waiting);
    }

    [Theory]
    [InlineData("https://127.0.0.1", false)]
    [InlineData("https://127.0.0.1", true)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("https://localhost", false)]
    [InlineData("https://[::1]", false)]
    [InlineData("https://[::ffff:127.0.0.1]", false)]
    [InlineData("https://2130706433", false)]
    [InlineData("https://0x7f.1", false)]
    public async Task Outside_of_Development_nothing_connects_to_an_address_that_is_not_public(string at, bool anywhere)
    {
        using var listener = TcpListener.Create(0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var server = await ServerAsync($"{at}:{port}/logged-out", anywhere);
        var connecting = listener.AcceptSocketAsync(Cancel).AsTask();

        await SignOutAsync(server);
        if (anywhere)
        {
            // What the others are held against.
            using var connected = await connecting;
            return;
        }

        await WaitingAsync(server, tries: 1);
        Assert.False(connecting.IsCompleted);
    }

    [Fact]
    public async Task The_notice_of_a_node_that_died_is_told_by_another()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address, sends: false);
        await SignOutAsync(server);
        Assert.Single(await server.Of<ILogoutNoticeStore>().ListAsync(Cancel));

        await using var other = await PortalServer.StartAsync(beside: server);

        await ReadAsync(server, await receiver.NextAsync());
        await AssertNothingWaitsAsync(server);
    }

    private static async Task EndAsync(
        TurnstoneServer server,
        Visitor visitor,
        SignedInTokens mine,
        string sid,
        string way
    )
    {
        switch (way)
        {
            case "logout":
                using (await visitor.GetAsync(GivenLogout.Url(("id_token_hint", mine.IdToken)))) { }
                break;
            case "revoked by the client":
                using (
                    await server.Http.PostAsync(
                        "/oauth2/revoke",
                        new FormUrlEncodedContent(
                            new Dictionary<string, string>
                            {
                                ["token"] = mine.RefreshToken,
                                ["client_id"] = Known.ClientId,
                                ["client_secret"] = Known.ClientSecret,
                            }
                        ),
                        Cancel
                    )
                ) { }
                break;
            case "ended in the portal":
                Assert.True(Turnstone.Model.SessionId.TryParse(sid, out var id));
                var own = server.Of<OwnSessions>();
                var holders = await own.HoldersAsync(await server.IdAsync(), null, Cancel);
                Assert.True(await own.EndAsync(holders, id.Value, new Turnstone.Model.Caller("127.0.0.1"), Cancel));
                break;
            case "all ended in the portal":
                await server
                    .Of<SessionRevocation>()
                    .EndAllAsync(
                        Turnstone.Model.SessionHolder.Account(await server.IdAsync()),
                        Turnstone.Model.RevocationReason.ByOwner,
                        new Turnstone.Model.Caller("127.0.0.1"),
                        Cancel
                    );
                break;
            default:
                await server
                    .Of<SessionRevocation>()
                    .WithdrawAsync(
                        await server.IdAsync(),
                        Known.ClientId,
                        new Turnstone.Model.Caller("127.0.0.1"),
                        Cancel
                    );
                break;
        }
    }

    internal static async Task SignOutAsync(TurnstoneServer server)
    {
        using var visitor = await Visitor.SignedInAsync(server);
        await server.LetInAsync(visitor);
        using var signedOut = await visitor.SendAsync("/portal/sign-out", form: null);
    }

    internal static async Task<TurnstoneServer> ServerAsync(
        string? address,
        bool anywhere = true,
        int? waits = null,
        bool sends = true,
        TimeSpan? longest = null
    )
    {
        var server = await PortalServer.StartAsync(services: services =>
        {
            services.Replace(ServiceDescriptor.Singleton(Rules(anywhere, longest)));
            if (waits is { } count)
            {
                var schedule = new LogoutSchedule([.. Enumerable.Repeat(TimeSpan.FromSeconds(1), count)]);
                services.Replace(ServiceDescriptor.Singleton(schedule));
            }

            if (!sends)
            {
                services.RemoveHosted<LogoutSender>();
            }
        });
        await ConsentTests.ChangeAsync(server, client => client with { BackchannelLogoutUri = address });
        return server;
    }

    private static OutboundRules Rules(bool anywhere, TimeSpan? longest) =>
        new(anywhere) { Longest = longest ?? OutboundHttp.Longest };

    /// <summary>The one notice that waits, once it has been tried so often and was given back.</summary>
    internal static async Task<WaitingLetter> WaitingAsync(TurnstoneServer server, int tries)
    {
        var store = server.Of<ILogoutNoticeStore>();
        var now = server.Time.GetUtcNow();
        while (true)
        {
            var waiting = await store.ListAsync(Cancel);
            if (waiting is [var one] && one.Tries == tries && one.DueAt - now < LogoutSchedule.Usual.Lease)
            {
                return one;
            }

            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }
    }

    internal static async Task AssertNothingWaitsAsync(TurnstoneServer server)
    {
        while ((await server.Of<ILogoutNoticeStore>().ListAsync(Cancel)).Count > 0)
        {
            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Verifies it as a client does (§2.6), by a library that is not ours.</summary>
    private static async Task<JsonWebToken> ReadAsync(TurnstoneServer server, string token)
    {
        var keys = await server.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Cancel);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = "https://id.example.test",
                ValidAudience = Known.ClientId,
                ValidTypes = ["logout+jwt"],
                IssuerSigningKeys = new JsonWebKeySet(keys).Keys,
                LifetimeValidator = (_, expires, _, _) => expires > server.Time.GetUtcNow().UtcDateTime,
            }
        );
        Assert.True(result.IsValid, $"{result.Exception}");
        return (JsonWebToken)result.SecurityToken;
    }
}
