using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Holdings = Turnstone.Directory.ApiKeys;
using Subscribing = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>Gives Ada much of everything: keys in each state, applications, sessions, use, events.</summary>
internal static class BusyAccount
{
    private static readonly Caller Home = new("203.0.113.7", "curl/8.5.0");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Answers the key that is used most.</summary>
    public static async Task<ApiKey> FillAsync(TurnstoneServer server)
    {
        var me = await server.IdAsync();
        for (var i = 0; i < 27; i++)
        {
            await server.Of<Holdings>().CreateAsync(me, $"robot {i:00}", Scopes.None, null, Caller.Operator, Cancel);
        }

        for (var i = 0; i < 7; i++)
        {
            await server.GivenApplicationAsync($"Shop number {i}");
        }

        var shop = await server.GivenApplicationAsync("Web shop with a longer name");
        var key = (await server.Of<IApiKeyStore>().ListAsync(me, Cancel)).First(one => one.Name == "ci");
        Count(server, UsageHolder.Of(null, key.Id, null), 40);
        await SubscribeAsync(server, me);
        await KeysOfEachStateAsync(server, me);
        for (var hour = 0; hour < 20; hour++)
        {
            server.Time.Advance(TimeSpan.FromHours(1));
            await NoteAsync(server, key, AuditEvent.Login, "ApiKey", hour % 3 == 0 ? "198.51.100.20" : "203.0.113.7");
            if (hour % 4 == 0)
            {
                await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3", generation: (uint)hour);
                await server.GivenSessionAsync(client: shop.Client.Id, contract: "oauth2");
                await server.GivenSessionAsync();
            }
        }

        await NoteAsync(server, key, AuditEvent.RefreshReuse, "distance 3", "198.51.100.20", RefusalCode.TokenReused);
        return key;
    }

    /// <summary>Something of each outcome, for each of these days; the clock goes on.</summary>
    private static void Count(TurnstoneServer server, UsageHolder holder, int days)
    {
        var outcomes = Enum.GetValues<UsageOutcome>();
        for (var day = 0; day < days; day++)
        {
            for (var i = 0; i < 3 + (day * 7 % 11); i++)
            {
                server.Of<IUsageCounters>().Count(holder, outcomes[(i * day) % (day % 9 == 0 ? 10 : 3)]);
            }

            server.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    private static async Task SubscribeAsync(TurnstoneServer server, Guid me)
    {
        var (products, subscriptions) = (server.Of<ProductCatalogue>(), server.Of<Subscribing>());
        await products.AddAsync(
            new("premium", "For production: 1,000 calls a second, and somebody who answers at night.", true),
            Caller.Operator,
            Cancel
        );
        await products.AddAsync(
            new("payments-sandbox", "Payments that move no money.", false) { Scopes = Scopes.Of(["payments.write"]) },
            Caller.Operator,
            Cancel
        );
        await subscriptions.SubscribeAsync(me, "premium", Home, Cancel);
        await subscriptions.SubscribeAsync(me, "payments-sandbox", Home, Cancel);
        var past = (await subscriptions.SubscribeAsync(me, "starter", Home, Cancel))!;
        await subscriptions.CancelAsync(me, past.Subscription.Id, Home, Cancel);
    }

    private static async Task KeysOfEachStateAsync(TurnstoneServer server, Guid me)
    {
        var keys = server.Of<Holdings>();
        async Task<Guid> AddAsync(string name, int days, params string[] scopes) =>
            (await keys.CreateAsync(me, name, Scopes.Of(scopes), TimeSpan.FromDays(days), Home, Cancel)).Key.Id;

        await AddAsync("nightly import", 3, "individuals.read");
        var leaving = await AddAsync("billing of the warehouse in the north", 365, "individuals.read");
        Assert.NotNull(await keys.RollAsync(me, leaving, TimeSpan.FromHours(72), Home, Cancel));
        var revoked = await AddAsync("laptop that was lost", 365);
        Assert.NotNull(await keys.RevokeAsync(me, revoked, Home, Cancel));
    }

    private static async Task NoteAsync(
        TurnstoneServer server,
        ApiKey key,
        AuditEvent what,
        string detail,
        string network,
        RefusalCode? refused = null
    ) =>
        await server
            .Of<IAuditLog>()
            .AppendAsync(
                new AuditEntry
                {
                    Event = what,
                    At = server.Time.Now,
                    Caller = new Caller(network, network[0] == '1' ? "python-requests/2.32" : "curl/8.5.0"),
                    AccountId = key.AccountId,
                    ApiKeyId = key.Id,
                    Refused = refused,
                    Contract = "session-v3",
                    Detail = detail,
                },
                Cancel
            );
}
