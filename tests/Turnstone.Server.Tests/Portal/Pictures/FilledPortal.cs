using Microsoft.Extensions.DependencyInjection;
using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.SignIn;
using Subscribing = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>
/// A server on which much has happened: Ada is a customer with much of everything, Grace administers, Neu has nothing,
/// and Max has a second factor.
/// </summary>
internal static class FilledPortal
{
    public const string Newcomer = "neu@example.test";
    public const string Careful = "max@example.test";

    /// <summary>Has a second factor that nobody has vouched for yet.</summary>
    public const string Waiting = "wanda@example.test";

    /// <summary>The same, and a mailbox that is too new to be believed.</summary>
    public const string Moved = "moved@example.test";
    public const string Pay = "https://pay.example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<(TurnstoneServer Server, ApiKey Key)> StartAsync()
    {
        var server = await Portal.Reference.ReferenceTests.StartAsync([
            "Turnstone:Portal:Brand:Support=https://example.test/help",
            "Turnstone:Portal:Brand:Terms=https://example.test/terms",
        ]);
        await server.ChangeAsync(Known.OtherEmail, account => account.Administrator = true);
        await RegisterAsync(server);
        var key = await BusyAccount.FillAsync(server);
        await BeSeenAsync(server, key);
        await AskForApprovalAsync(server);
        await Form.NewcomerAsync(server, Newcomer);
        await Form.NewcomerAsync(server, Careful);
        using var max = await Visitor.SignedInAsync(server, Careful);
        await max.EnableSecondStepAsync(server, email: Careful);
        await TrustScenes.GivenAsync(server);
        await KnownProvider.AddAsync(server);
        KnownProvider.Note(server);
        await WaitForFactorAsync(server);
        return (server, key);
    }

    private static async Task WaitForFactorAsync(TurnstoneServer server)
    {
        foreach (var email in (string[])[Waiting, "before@example.test"])
        {
            await Form.NewcomerAsync(server, email);
            using var visitor = await Visitor.SignedInAsync(server, email);
            if (email != Waiting)
            {
                const string Page = "/portal/profile/security/email";
                using var asked = await visitor.SendAsync(
                    Page,
                    null,
                    ("NewEmail", Moved),
                    ("CurrentPassword", Known.Password)
                );
                using var moved = await visitor.FollowAsync(server.LettersTo(Moved)[0]);
            }

            await visitor.EnableSecondStepAsync(server, confirm: false);
        }
    }

    /// <summary>APIs, one with details, and clients that may do more.</summary>
    private static async Task RegisterAsync(TurnstoneServer server)
    {
        await KnownApis.AddAsync(server);
        var words = new Dictionary<string, string>
        {
            ["en"] = "Move money from your account",
            ["de"] = "Geld von deinem Konto überweisen",
        };
        await KnownApis.AddAsync(
            server,
            KnownApis.Of("pay", Pay) with
            {
                Name = "Payments",
                IntrospectsAs = "stock-api",
                DetailTypes = [new("payment", words, ["initiate", "status"], ["amount", "to"])],
            }
        );
        await Exchanging.AddAsync(server);
        foreach (var id in (string[])[Known.PublicClientId, Known.ClientId])
        {
            await ConsentTests.ChangeAsync(
                server,
                client =>
                    client with
                    {
                        GrantTypes = [.. client.GrantTypes, DeviceCodeGrant.TypeName],
                        Resources = Resources.Of([.. client.Resources.Identifiers, Pay]),
                    },
                id
            );
        }
    }

    /// <summary>What raises notices: a suspected copy, a failed login, and access that was given.</summary>
    private static async Task BeSeenAsync(TurnstoneServer server, ApiKey key)
    {
        var me = await server.IdAsync();
        foreach (
            var (what, refused) in new (AuditEvent, RefusalCode?)[]
            {
                (AuditEvent.LoginFailed, RefusalCode.InvalidCredentials),
                (AuditEvent.PasswordChanged, null),
            }
        )
        {
            await server
                .Of<IAuditLog>()
                .AppendAsync(
                    new AuditEntry
                    {
                        Event = what,
                        At = server.Time.Now,
                        Caller = new Caller("2001:db8:85a3:8d3:1319:8a2e:370:7348", "Mozilla/5.0 (X11; Linux x86_64)"),
                        AccountId = me,
                        Refused = refused,
                        Contract = "portal",
                    },
                    Cancel
                );
        }

        await Home.HomeTests.GivenSuspectedCopyAsync(server);
        await server.GivenConsentAsync(Known.ClientId, Known.Email, "openid", "individuals.read");
        var (access, _) = await server.OAuth2Async();
        await server.ExchangedAsync(access);
        await server.GivenSessionAsync(
            agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15"
        );
    }

    /// <summary>Other customers, so that lists have pages and approvals wait.</summary>
    private static async Task AskForApprovalAsync(TurnstoneServer server)
    {
        for (var i = 0; i < 30; i++)
        {
            var email = $"{(i % 7 == 0 ? "accounts-payable.and.receivable" : "person")}{i:00}@company{i % 4}.example";
            var account = await Form.NewcomerAsync(server, email);
            if (i % 3 == 0)
            {
                await server.Of<Subscribing>().SubscribeAsync(account.Id, "premium", new Caller("192.0.2.1"), Cancel);
            }
        }
    }
}
