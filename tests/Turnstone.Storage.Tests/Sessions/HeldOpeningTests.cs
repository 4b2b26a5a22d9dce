using System.Diagnostics;
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
    // A batch leaves a row that is held for 200 ms and tries again beside the others: then either may be first.
    private static readonly TimeSpan HeldAtMost = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_disabling_of_its_account() =>
        Assert.Equal(
            RevocationReason.AccountDisabled,
            await EndedForAsync(async key =>
            {
                var account = (await Store.Accounts.FindAsync(key.AccountId, Cancel))!;
                account.DisabledAt = Time.Now;
                return () => Store.Accounts.SaveAsync(account, "disabled", Entry(AuditEvent.AccountChanged), Cancel);
            })
        );

    [Fact]
    public async Task A_session_of_an_API_key_does_not_outlive_the_end_of_all_sessions_of_its_account() =>
        Assert.Equal(
            RevocationReason.ByOwner,
            await EndedForAsync(key =>
                Task.FromResult(() =>
                    (Task)
                        Store.Sessions.RevokeAllAsync(
                            SessionHolder.Account(key.AccountId),
                            RevocationReason.ByOwner,
                            Entry(AuditEvent.SessionsRevoked),
                            Cancel
                        )
                )
            )
        );

    /// <summary>What a session is revoked for that was on its way first.</summary>
    /// <param name="withdrawal">What withdraws the API key it is opened with.</param>
    private async Task<RevocationReason?> EndedForAsync(Func<ApiKey, Task<Func<Task>>> withdrawal)
    {
        while (true)
        {
            var key = await GivenApiKeyAsync();
            var session = NewSession(key.AccountId, apiKey: key.Id);
            if (await HeldAsync(session, await withdrawal(key)) < HeldAtMost)
            {
                return (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor;
            }
        }
    }

    // Everything but the subscription has been asked for, and that is in other hands until the withdrawal is through or
    // waits in its turn. Answers for how long it was held.
    private async Task<TimeSpan> HeldAsync(Session session, Func<Task> withdraw)
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
        var began = Stopwatch.GetTimestamp();
        var vouchers = new Preconditions { ApiKeyId = session.ApiKeyId, SubscriptionId = subscription.Id };
        var opening = Store.Sessions.OpenAsync(session, vouchers, Entry(), Cancel);
        await UntilWaitingAsync(1, opening);
        var withdrawal = withdraw();
        await UntilWaitingAsync(2, withdrawal);

        release.SetResult();
        await holding;
        var held = Stopwatch.GetElapsedTime(began);
        await withdrawal;
        await opening;
        return held;
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
