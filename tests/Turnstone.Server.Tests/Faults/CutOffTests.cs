using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Guards;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Guards;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A node that does not hear from the store may not know what others have revoked. The operator chooses what it does
/// with access tokens then, and its readiness says so whatever he has chosen.
/// </summary>
public sealed class CutOffTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Refuse", HttpStatusCode.ServiceUnavailable)]
    [InlineData("KeepServing", HttpStatusCode.OK)]
    public async Task A_node_that_has_not_heard_for_longer_than_the_setting_does_what_the_setting_says(
        string choice,
        HttpStatusCode expected
    )
    {
        Silent? sessions = null;
        await using var server = await TurnstoneServer.StartAsync(
            endpoints =>
            {
                AllContracts.MapAll(endpoints);
                endpoints.MapHealth();
                endpoints.MapRevocationFeed();
                ((IApplicationBuilder)endpoints).UseForwardAuth();
            },
            [$"Turnstone:WhenCutOff={choice}", "Turnstone:CutOffSeconds=5"],
            services =>
                services
                    .AddGuards()
                    .Replace(
                        ServiceDescriptor.Singleton<ISessionStore>(all =>
                            sessions = new Silent(all.GetRequiredService<Store>().Sessions)
                        )
                    )
        );
        var asking = await ValidationsAsync(server);

        sessions!.Away = true;
        server.Time.Advance(TimeSpan.FromSeconds(4));
        await AssertAllAsync(asking, HttpStatusCode.OK);
        Assert.Equal("""{"status":"ready"}""", await ReadyAsync(server, HttpStatusCode.OK));
        server.Time.Advance(TimeSpan.FromSeconds(2));

        await AssertAllAsync(asking, expected);
        Assert.Equal(
            """{"status":"not ready","missing":["revocations"]}""",
            await ReadyAsync(server, HttpStatusCode.ServiceUnavailable)
        );

        sessions.Away = false;
        await server.Services.GetRequiredService<Turnstone.Revocation.RevokedSessions>().RefreshAsync(Cancel);
        await AssertAllAsync(asking, HttpStatusCode.OK);
        Assert.Equal("""{"status":"ready"}""", await ReadyAsync(server, HttpStatusCode.OK));
    }

    /// <summary>Every call that says of an access token that it is good, with one that is.</summary>
    private static async Task<Dictionary<string, Func<Task<HttpResponseMessage>>>> ValidationsAsync(
        TurnstoneServer server
    )
    {
        await OwnClient.AddAsync(server, client => client with { MayIntrospect = true });
        var auth = await (await server.Http.LoginV2Async()).AccessOfSetAsync();
        var (oauth, _) = await server.OAuthV1Async();
        var (session, _) = await server.SessionV3Async();
        var code = await Known.CodeAsync(
            server.Services,
            OAuth2Contract.Family,
            Known.ClientId,
            Known.RedirectUri,
            scopes: "openid"
        );
        var (openId, _) = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Known.RedirectUri}&code={code}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .PairAsync();
        return new()
        {
            ["/auth/v1"] = () => server.Http.WithBearerAsync(HttpMethod.Post, "/auth/v1/validate-token", auth),
            ["/auth/v2"] = () =>
                server.Http.WithBearerAsync(
                    HttpMethod.Post,
                    "/auth/v2/validate",
                    auth,
                    ("Subscription-Key", Known.SubscriptionKey)
                ),
            ["/v1/oauth"] = () => server.GetAsync("/v1/oauth/token", oauth),
            ["/v3"] = () => server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", session),
            ["introspection"] = () => server.FormAsync("/oauth2/introspect", $"token={openId}", OwnClient.Basic),
            ["userinfo"] = () => server.GetAsync("/oauth2/userinfo", openId),
            ["forward-auth, a token"] = () => server.GetAsync("/forward-auth", session),
            ["forward-auth, an API key"] = () => server.GuardAsync("", ("X-API-Key", Known.ApiKey)),
            ["forward-auth, a subscription key"] = () =>
                server.GuardAsync("", ("Subscription-Key", Known.SubscriptionKey)),
            ["the feed, at once"] = () =>
                server.FeedAsync("application/json", client: OwnClient.Id, secret: OwnClient.Secret),
            ["the feed, followed"] = () => server.FeedAsync(client: OwnClient.Id, secret: OwnClient.Secret),
        };
    }

    private static async Task AssertAllAsync(
        Dictionary<string, Func<Task<HttpResponseMessage>>> asking,
        HttpStatusCode expected
    )
    {
        foreach (var (name, ask) in asking)
        {
            using var answer = await ask();
            Assert.True(answer.StatusCode == expected, $"{name}: {answer.StatusCode}");
            Assert.Equal(expected is HttpStatusCode.ServiceUnavailable, answer.Headers.RetryAfter is not null);
            if (name == "introspection" && expected is HttpStatusCode.OK)
            {
                Assert.True((bool)(await answer.BodyAsync())["active"]!);
            }
        }
    }

    private static async Task<string> ReadyAsync(TurnstoneServer server, HttpStatusCode expected)
    {
        using var answer = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == expected, text);
        return text;
    }

    /// <summary>The real store, whose revocations cannot be read for a while.</summary>
    private sealed class Silent(ISessionStore store) : SessionStoreAround(store)
    {
        public bool Away { get; set; }

        public override Task<RevocationNews> RevokedAfterAsync(
            ChangePoint? change,
            CancellationToken cancellationToken
        ) =>
            Away
                ? Task.FromException<RevocationNews>(new StoreUnavailableException("away"))
                : base.RevokedAfterAsync(change, cancellationToken);
    }
}
