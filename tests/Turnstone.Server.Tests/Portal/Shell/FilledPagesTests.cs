using Microsoft.Playwright;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Administration;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// The pages with lists, of an account that has much of everything, are sound and do not scroll sideways.
/// </summary>
public sealed class FilledPagesTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false, "en")]
    [InlineData(true, false, "de")]
    [InlineData(false, true, "de")]
    [InlineData(true, true, "en")]
    public async Task A_busy_accounts_pages_are_sound(bool dark, bool phone, string language)
    {
        await using var server = await Administrators.StartAsync();
        var key = await FillAsync(server);
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: language);
        foreach (
            var (name, path) in new[]
            {
                ("home", "/portal"),
                ("keys", "/portal/api-keys"),
                ("key", $"/portal/api-keys/{key.Id}"),
                ("key-day", $"/portal/api-keys/{key.Id}?period=24h"),
                ("sessions", "/portal/sessions"),
                ("activity", "/portal/activity"),
                ("applications", "/portal/applications"),
                ("health", "/portal/health"),
                ("subscriptions", "/portal/subscriptions"),
                ("new-key", "/portal/api-keys/new"),
                ("admin-accounts", "/portal/admin/accounts"),
                ("admin-clients", "/portal/admin/clients"),
                ("admin-audit", "/portal/admin/audit"),
            }
        )
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("main h1")).ToBeVisibleAsync();
            await Look.AtAsync(page, $"filled-{name}-{language}", script: true);
        }
    }

    private static async Task<ApiKey> FillAsync(TurnstoneServer server)
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
        var outcomes = Enum.GetValues<UsageOutcome>();
        for (var day = 0; day < 40; day++)
        {
            for (var i = 0; i < 3 + (day * 7 % 11); i++)
            {
                server
                    .Of<IUsageCounters>()
                    .Count(UsageHolder.Of(null, key.Id, null), outcomes[(i * day) % (day % 9 == 0 ? 10 : 3)]);
            }

            server.Time.Advance(TimeSpan.FromDays(1));
        }

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
