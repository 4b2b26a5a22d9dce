using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Operations.Provisioning;

namespace Turnstone.Server.Tests.Operations;

/// <summary>A subscription that its owner made in the portal, and whose keys the operator's file changes.</summary>
public sealed class ProvisionedKeysTests
{
    private const string Given = "0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_the_file_replaces_is_shown_to_nobody_and_the_other_still_is(bool primary)
    {
        await using var server = await TurnstoneServer.StartAsync(_ => { }, services: s => s.AddProvisioning());
        var subscriptions = server.Services.GetRequiredService<Subscriptions>();
        var made = await GivenSubscriptionAsync(server);
        var (old, kept) = primary ? (made.PrimaryKey, made.SecondaryKey) : (made.SecondaryKey, made.PrimaryKey);

        await ApplyAsync(server, primary ? (Given, kept) : (kept, Given));

        var shown = (await RevealAsync(server, made.Subscription))!;
        Assert.Equal(primary ? (null, kept) : (kept, null), (shown.PrimaryKey, shown.SecondaryKey));
        Assert.Null(primary ? shown.Subscription.PrimaryKeySealed : shown.Subscription.SecondaryKeySealed);
        Assert.NotNull(primary ? shown.Subscription.SecondaryKeySealed : shown.Subscription.PrimaryKeySealed);
        Assert.Equal(made.Subscription.Id, (await subscriptions.FindByKeyAsync(Given, Cancel))?.Id);
        Assert.Null(await subscriptions.FindByKeyAsync(old!, Cancel));
    }

    [Fact]
    public async Task A_sealed_key_that_an_older_server_left_beside_another_hash_is_not_shown()
    {
        await using var server = await TurnstoneServer.StartAsync(_ => { });
        var store = server.Services.GetRequiredService<ISubscriptionStore>();
        var made = await GivenSubscriptionAsync(server);
        var stored = (await store.FindAsync(made.Subscription.Id, Cancel))!;
        await store.SaveAsync(
            stored with
            {
                PrimaryKeyHash = RandomSource.System.Bytes(32),
            },
            new AuditEntry
            {
                Event = AuditEvent.SubscriptionChanged,
                At = server.Time.Now,
                Caller = Caller.Operator,
            },
            Cancel
        );

        var shown = (await RevealAsync(server, stored))!;

        Assert.Equal((null, made.SecondaryKey), (shown.PrimaryKey, shown.SecondaryKey));
    }

    private static async Task<MintedSubscription> GivenSubscriptionAsync(TurnstoneServer server) =>
        (
            await server
                .Services.GetRequiredService<Subscriptions>()
                .SubscribeAsync(
                    (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id,
                    "starter",
                    Caller.Operator,
                    Cancel
                )
        )!;

    private static Task<ProvisioningReport> ApplyAsync(
        TurnstoneServer server,
        (string? Primary, string? Secondary) keys
    ) =>
        server
            .Services.GetRequiredService<Provisioner>()
            .ApplyAsync(
                new ProvisioningFile
                {
                    Accounts =
                    [
                        new AccountItem
                        {
                            Email = Known.OtherEmail,
                            Subscriptions =
                            [
                                new SubscriptionItem
                                {
                                    Product = "starter",
                                    PrimaryKey = keys.Primary,
                                    SecondaryKey = keys.Secondary,
                                },
                            ],
                        },
                    ],
                },
                "the test",
                Cancel
            );

    private static Task<MintedSubscription?> RevealAsync(TurnstoneServer server, Subscription subscription) =>
        server
            .Services.GetRequiredService<Subscriptions>()
            .RevealAsync(subscription.AccountId, subscription.Id, Caller.Operator, Cancel);
}
