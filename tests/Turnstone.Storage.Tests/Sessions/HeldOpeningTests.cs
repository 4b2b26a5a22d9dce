using Npgsql;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Postgres;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>
/// A session that is on its way when what vouches for it is withdrawn: where several nodes write, one of the two has to
/// wait for the other.
/// </summary>
public sealed class HeldOpeningTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_disabling_of_its_account()
    {
        var key = await GivenApiKeyAsync();
        var account = (await Store.Accounts.FindAsync(key.AccountId, Cancel))!;
        account.DisabledAt = Time.Now;

        await AssertEndedAsync(
            key,
            () => Store.Accounts.SaveAsync(account, "disabled", Entry(AuditEvent.AccountChanged), Cancel)
        );
    }

    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_key()
    {
        var key = await GivenApiKeyAsync();

        await AssertEndedAsync(
            key,
            () =>
                Store.ApiKeys.SaveAsync(
                    key with
                    {
                        RevokedAt = Time.Now,
                    },
                    Entry(AuditEvent.ApiKeyRevoked),
                    Cancel
                )
        );
    }

    [Fact]
    public async Task A_session_does_not_outlive_its_subscription()
    {
        var subscription = await GivenSubscriptionAsync();

        await AssertEndedAsync(
            await GivenApiKeyAsync(),
            () =>
                Store.Subscriptions.SaveAsync(
                    subscription with
                    {
                        State = SubscriptionState.Suspended,
                    },
                    Entry(AuditEvent.SubscriptionChanged),
                    Cancel
                ),
            subscription
        );
    }

    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_end_of_all_sessions_of_its_account()
    {
        var key = await GivenApiKeyAsync();
        var session = NewSession(key.AccountId, apiKey: key.Id);

        await HeldAsync(
            key,
            session,
            new Preconditions(),
            () =>
                Store.Sessions.EndAllAsync(
                    SessionHolder.Account(key.AccountId),
                    RevocationReason.ByOwner,
                    Entry(AuditEvent.SessionsRevoked),
                    Cancel
                )
        );

        // Either it was opened before and ended, or its key opened it after everything had been ended.
        var opened = (await Store.Sessions.FindAsync(session.Id, Cancel))!;
        var mark = Store.Sessions.Marks.LastOf(SessionHolder.Account(key.AccountId))!;
        Assert.Equal(opened.OpenedAfter >= mark.Number, opened.IsLive(Time.Now));
    }

    // It makes no mark, so nothing would end what is opened after it has returned.
    [Fact]
    public async Task Nothing_is_opened_by_a_secret_once_it_has_been_taken_away()
    {
        var (client, key) = (await GivenClientAsync(), await GivenApiKeyAsync());
        await HeldAsync(
            key,
            NewSession(key.AccountId, client.Id, key.Id),
            new Preconditions { Client = (client.Id, client.Epoch) },
            () => Store.Clients.SaveAsync(client with { Secrets = [] }, Entry(AuditEvent.ClientChanged), Cancel)
        );
    }

    private async Task AssertEndedAsync(ApiKey key, Func<Task> withdraw, Subscription? subscription = null)
    {
        var session = NewSession(key.AccountId, apiKey: key.Id) with
        {
            Subscription = subscription is null ? null : (subscription.Id, SubscriptionKeySlot.Primary),
        };

        await HeldAsync(key, session, new Preconditions { SubscriptionId = subscription?.Id }, withdraw);

        Assert.False((await Store.Sessions.FindAsync(session.Id, Cancel))?.IsLive(Time.Now) is true);
    }

    // Everything has been asked for, and nothing can be written until the withdrawal waits in its turn.
    private async Task HeldAsync(ApiKey key, Session session, Preconditions asked, Func<Task> withdraw)
    {
        await using var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        await other.OpenAsync(Cancel);
        await using var holding = await other.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("LOCK TABLE sessions IN SHARE MODE", other);
        await hold.ExecuteNonQueryAsync(Cancel);
        var opening = Store.Sessions.OpenAsync(
            session,
            asked with
            {
                ApiKeyId = key.Id,
                Logins = new LoginAllowance(Time.Now.AddHours(-1), Time.Now, 10),
            },
            Entry(),
            Cancel
        );

        // The batch gives up soon; then the opening waits by itself for as long as it takes.
        await UntilAsync(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                + "AND wait_event = 'relation' AND now() - xact_start > INTERVAL '1 s'",
            1,
            opening
        );
        Assert.False(opening.IsCompleted, "The opening did not wait.");
        var withdrawal = withdraw();
        await UntilAsync(
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ExclusiveLock' "
                + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            1,
            withdrawal
        );
        Assert.False(withdrawal.IsCompleted, "The withdrawal did not wait for what was on its way.");

        await holding.RollbackAsync(Cancel);
        await withdrawal;
        await opening;
    }

    private async Task UntilAsync(string sql, int many, Task? done = null)
    {
        while (done?.IsCompleted is not true && await Database.NumberAsync(sql) < many)
        {
            await Task.Delay(10, Cancel);
        }
    }
}
