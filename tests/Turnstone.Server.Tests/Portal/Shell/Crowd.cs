using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Mail;
using Turnstone.Server.Tests.Portal.Administration;
using Holdings = Turnstone.Directory.ApiKeys;
using Subscribing = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>A server on which there is more of everything than a page shows, all of it Ada's.</summary>
internal static class Crowd
{
    /// <summary>One page more than a page holds of the longest, which is that of the sessions.</summary>
    private const int Sessions = 105;
    private const int Accounts = 55;
    private const int Most = 30;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Answers the server and the application that has the sessions.</summary>
    public static async Task<(TurnstoneServer Server, Client Client)> StartAsync()
    {
        var server = await Administrators.StartAsync();
        var me = await server.IdAsync();
        Client? holder = null;
        for (var i = 0; i < Most; i++)
        {
            var made = await server.GivenApplicationAsync($"App {i:00}");
            holder ??= made.Client;
            await HoldAsync(server, me, made.Client, i);
            await KnownApis.AddAsync(server, KnownApis.Of($"api-{i:00}", $"urn:example:crowd:{i:00}"));
        }

        for (var i = 0; i < Sessions; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await server.GivenSessionAsync(client: holder!.Id, contract: "oauth2");
        }

        await OthersAsync(server);
        return (server, holder!);
    }

    // Of each kind one: a key that is used and one that has ended, a subscription, a consent, somebody who acts.
    private static async Task HoldAsync(TurnstoneServer server, Guid me, Client client, int i)
    {
        var keys = server.Of<Holdings>();
        var key = await keys.CreateAsync(me, $"robot {i:00}", Scopes.None, null, Caller.Operator, Cancel);
        server.Of<IUsageCounters>().Count(UsageHolder.Of(null, key.Key.Id, null), UsageOutcome.Login);
        var past = await keys.CreateAsync(me, $"past {i:00}", Scopes.None, null, Caller.Operator, Cancel);
        await keys.RevokeAsync(me, past.Key.Id, Caller.Operator, Cancel);
        await server.Of<ProductCatalogue>().AddAsync(new($"product {i:00}", "", false), Caller.Operator, Cancel);
        await server.Of<Subscribing>().SubscribeAsync(me, $"product {i:00}", new Caller("192.0.2.1"), Cancel);
        await server.GivenConsentAsync(client.Id, Known.Email, "openid");
        var now = server.Time.Now;
        server.Of<IDelegationStore>().NoteUse(new(me, client.Id, Scopes.Of(["openid"]), now, now, now.AddDays(1)));
        await server.SendAsync(subject: $"Letter {i:00}", text: "Nothing.");
    }

    /// <summary>Accounts of which half wait for an approval and half are suspended.</summary>
    private static async Task OthersAsync(TurnstoneServer server)
    {
        await server.Of<ProductCatalogue>().AddAsync(new("premium", "", true), Caller.Operator, Cancel);
        for (var i = 0; i < Accounts; i++)
        {
            var account = await Form.NewcomerAsync(server, $"many{i:00}@example.test");
            var made = await server
                .Of<Subscribing>()
                .SubscribeAsync(account.Id, i % 2 == 0 ? "premium" : "product 00", new Caller("192.0.2.1"), Cancel);
            if (i % 2 != 0)
            {
                await server
                    .Of<SubscriptionApproval>()
                    .SuspendAsync(made!.Subscription.Id, Caller.Operator, Cancel, null);
            }
        }
    }
}
