using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>Credentials that are changed end what they opened.</summary>
public abstract class CredentialMarkTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_changed_subscription_key_ends_what_it_opened_and_a_suspension_ends_the_rest()
    {
        var subscription = await GivenSubscriptionAsync();
        Session Opened(SubscriptionKeySlot slot) =>
            NewSession(subscription.AccountId) with
            {
                Subscription = (subscription.Id, slot),
            };
        var (first, second) = (Opened(SubscriptionKeySlot.Primary), Opened(SubscriptionKeySlot.Secondary));
        await OpenAsync(first);
        await OpenAsync(second);

        subscription = subscription with { PrimaryKeyHash = NewHash() };
        Assert.True((await Store.Subscriptions.SaveAsync(subscription, Entry(), Cancel)).IsCommitted);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(first, 0)).Kind);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(second, 0)).Kind);

        subscription = subscription with { Revision = 2, State = SubscriptionState.Suspended };
        Assert.True((await Store.Subscriptions.SaveAsync(subscription, Entry(), Cancel)).IsCommitted);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(second, 1)).Kind);
    }

    [Fact]
    public async Task An_API_key_that_is_rolled_without_an_overlap_takes_its_sessions_along_and_one_with_does_not()
    {
        foreach (var overlap in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromDays(1)])
        {
            var key = await GivenApiKeyAsync();
            var session = NewSession(key.AccountId, apiKey: key.Id);
            await OpenAsync(session);
            var successor = NewApiKey(key.AccountId);
            var leaving = key with { SuccessorId = successor.Id, OverlapEndsAt = Time.Now + overlap };

            Assert.True((await Store.ApiKeys.RollAsync(leaving, successor, Entry(), Cancel)).IsCommitted);

            Assert.Equal(
                overlap == TimeSpan.Zero ? RotationKind.Revoked : RotationKind.Advance,
                (await RefreshAsync(session, 0)).Kind
            );
        }
    }

    [Fact]
    public async Task An_API_key_that_loses_a_scope_ends_its_sessions_and_one_that_gets_more_does_not()
    {
        var key = await GivenApiKeyAsync();
        var session = NewSession(key.AccountId, apiKey: key.Id);
        await OpenAsync(session);
        var wider = key with { Scopes = Scopes.Of([.. key.Scopes.Names, "individuals.write"]) };
        Assert.True((await Store.ApiKeys.SaveAsync(wider, Entry(), Cancel)).IsCommitted);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);

        Assert.True((await Store.ApiKeys.SaveAsync(key with { Revision = 2 }, Entry(), Cancel)).IsCommitted);

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 1)).Kind);
        var next = NewSession(key.AccountId, apiKey: key.Id);
        await OpenAsync(next);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(next, 0)).Kind);
    }
}

public sealed class Credential_mark_on_SQLite(SqliteDatabase database)
    : CredentialMarkTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Credential_mark_on_PostgreSQL(PostgresDatabase database)
    : CredentialMarkTests(database),
        IClassFixture<PostgresDatabase>;
