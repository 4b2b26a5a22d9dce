using Microsoft.Extensions.DependencyInjection;
using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>
/// Ada as an administrator, made so in the store, and what a test of the administrators' pages asks for.
/// </summary>
internal static class Administrators
{
    public const string Reason = "ticket 4711: the customer asked";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TurnstoneServer> StartAsync(IEnumerable<string>? settings = null)
    {
        var server = await PortalServer.StartAsync(settings);
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        return server;
    }

    public static async Task ChangeAsync(this TurnstoneServer server, string email, Action<Account> change)
    {
        var account = await server.AccountAsync(email);
        change(account);
        Assert.True(
            (
                await server
                    .Services.GetRequiredService<IAccountStore>()
                    .SaveAsync(account, Turnstone.Directory.NewAccount.NewStamp(RandomSource.System), null, Cancel)
            ).IsCommitted
        );
    }

    public static async Task<Account> AccountAsync(this TurnstoneServer server, string email) =>
        (await Known.AccountAsync(server.Services, email))!;

    public static async Task<string> PageOfAsync(this TurnstoneServer server, string email) =>
        $"/portal/admin/accounts/{(await server.AccountAsync(email)).Id}";

    /// <summary>A subscription of the other customer to a product that wants approval.</summary>
    public static async Task<Guid> GivenWaitingAsync(this TurnstoneServer server, string product = "premium")
    {
        var services = server.Services;
        await services
            .GetRequiredService<Turnstone.Administration.ProductCatalogue>()
            .AddAsync(new(product, "With support", true), Caller.Operator, Cancel);
        var grace = await server.AccountAsync(Known.OtherEmail);
        return (
            await services
                .GetRequiredService<Turnstone.Directory.Subscriptions>()
                .SubscribeAsync(grace.Id, product, new Caller("192.0.2.1"), Cancel)
        )!
            .Subscription
            .Id;
    }

    public static Task<Subscription?> SubscriptionAsync(this TurnstoneServer server, Guid id) =>
        server.Services.GetRequiredService<ISubscriptionStore>().FindAsync(id, Cancel);

    /// <summary>The last entries of this kind; those of one millisecond have no order among themselves.</summary>
    public static Task<IReadOnlyList<AuditEntry>> EntriesAsync(this TurnstoneServer server, AuditEvent what) =>
        server.Services.GetRequiredService<IAuditLog>().ReadAsync(new AuditQuery { Event = what, Limit = 20 }, Cancel);

    /// <summary>The act was recorded with who did it and why.</summary>
    public static async Task AssertRecordedAsync(this TurnstoneServer server, AuditEvent what, string reason = Reason)
    {
        var actor = (await server.AccountAsync(Known.Email)).Id;
        Assert.Contains(
            await server.EntriesAsync(what),
            entry => entry.Caller.ActorId == actor && entry.Caller.Reason == reason
        );
    }

    public static async Task<string> TextAsync(this HttpResponseMessage answer) =>
        System.Net.WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
}
