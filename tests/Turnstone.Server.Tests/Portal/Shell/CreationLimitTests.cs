using System.Net;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>What a customer makes stays in the store when it has ended: so many an hour, and then a sentence.</summary>
public sealed class CreationLimitTests
{
    private static readonly (string, string)[] Shop =
    [
        ("Kind", "server"),
        ("Form.Name", "Web shop"),
        ("Form.RedirectUris", "https://shop.example.test/callback"),
        ("Form.GrantTypes", "authorization_code"),
        ("Form.Scopes", "openid"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_an_account_makes_counts_and_beyond_the_limit_nothing_is_made()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Limits:CreationsPerAccount:Count=3",
            "Turnstone:Limits:CreationsPerAccount:Seconds=3600",
        ]);
        using var visitor = await Visitor.SignedInAsync(server);
        var me = await server.IdAsync();
        var mine = await server.GivenApplicationAsync();
        var key = await server
            .Of<Turnstone.Directory.ApiKeys>()
            .CreateAsync(me, "ci", Scopes.None, null, Caller.Operator, Cancel);
        var subscription = (
            await server.Of<Turnstone.Directory.Subscriptions>().SubscribeAsync(me, "starter", Caller.Operator, Cancel)
        )!.Subscription;
        var product = (await server.Of<ISubscriptionStore>().FindProductAsync("starter", Cancel))!;
        for (var i = 0; i < 3; i++)
        {
            using var made = await visitor.SendAsync("/portal/applications/new", null, Shop);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }

        var before = await HeldAsync();
        (string Page, string? Form, (string, string)[] Fields)[] makings =
        [
            ("/portal/applications/new", null, Shop),
            (
                $"/portal/applications/{mine.Client.Id}",
                $"/portal/applications/{mine.Client.Id}?handler=AddSecret",
                [("Password", Known.Password)]
            ),
            ("/portal/api-keys/new", null, [("Name", "web"), ("Days", "90"), ("Password", Known.Password)]),
            (
                $"/portal/api-keys/{key.Key.Id}",
                $"/portal/api-keys/{key.Key.Id}?handler=Roll",
                [("Overlap", "none"), ("Password", Known.Password)]
            ),
            ("/portal/subscriptions", null, [("Product", $"{product.Id}")]),
            (
                $"/portal/subscriptions/{subscription.Id}",
                $"/portal/subscriptions/{subscription.Id}?handler=Primary",
                [("Password", Known.Password)]
            ),
        ];
        foreach (var (page, form, fields) in makings)
        {
            using var refused = await visitor.FillAsync(page, form, fields);
            Assert.Equal((page, HttpStatusCode.TooManyRequests), (page, refused.StatusCode));
            Assert.Equal(TimeSpan.FromMinutes(20), refused.Headers.RetryAfter?.Delta);
            Assert.Contains(
                "You have created too much in a short time.",
                await refused.TextAsync(),
                StringComparison.Ordinal
            );
        }

        Assert.Equivalent(before, await HeldAsync(), strict: true);
        server.Time.Advance(TimeSpan.FromMinutes(20));
        using var again = await visitor.SendAsync("/portal/applications/new", null, Shop);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        async Task<object[]> HeldAsync() =>
            [
                await server.Of<IClientStore>().ListAsync(me, Cancel),
                await server.Of<IApiKeyStore>().ListAsync(me, Cancel),
                await server.Of<ISubscriptionStore>().ListAsync(me, Cancel),
            ];
    }
}
