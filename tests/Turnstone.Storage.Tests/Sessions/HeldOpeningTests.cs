using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

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
        var session = NewSession(account.Id, apiKey: key.Id);

        await HeldAsync(
            session,
            new Preconditions { ApiKeyId = key.Id },
            () =>
            {
                account.DisabledAt = Time.Now;
                return Store.Accounts.SaveAsync(account, "disabled", Entry(AuditEvent.AccountChanged), Cancel);
            }
        );

        Assert.False((await Store.Sessions.FindAsync(session.Id, Cancel))?.IsLive(Time.Now) is true);
    }

    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_end_of_all_sessions_of_its_account()
    {
        var key = await GivenApiKeyAsync();
        var session = NewSession(key.AccountId, apiKey: key.Id);

        await HeldAsync(
            session,
            new Preconditions { ApiKeyId = key.Id },
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

    // Everything but the subscription has been asked for, and that is in other hands until the withdrawal is through or
    // waits in its turn.
    private async Task HeldAsync(Session session, Preconditions vouchers, Func<Task> withdraw)
    {
        var subscription = await GivenSubscriptionAsync();
        var (taken, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holding = Store.Engine.WriteAsync(
            async db =>
            {
                await db.AnyAsync($"SELECT 1 FROM subscriptions WHERE id = $1 {db.ForUpdate}", subscription.Id);
                taken.SetResult();
                await release.Task;
            },
            Cancel
        );
        await taken.Task;
        var opening = Store.Sessions.OpenAsync(
            session,
            vouchers with
            {
                SubscriptionId = subscription.Id,
            },
            Entry(),
            Cancel
        );
        await UntilWaitingAsync(1, opening);
        var withdrawal = withdraw();
        await UntilWaitingAsync(2, withdrawal);

        release.SetResult();
        await holding;
        await withdrawal;
        await opening;
    }

    private async Task UntilWaitingAsync(int many, Task done)
    {
        while (
            !done.IsCompleted
            && await Database.NumberAsync(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ) < many
        )
        {
            await Task.Delay(10, Cancel);
        }
    }
}
