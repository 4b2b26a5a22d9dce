using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>All sessions of a holder end by one row, and nothing of them goes on after it was written.</summary>
public abstract class MarkTests(TestDatabase database) : StoreTest(database)
{
    private const string Revoked = "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NOT NULL";

    [Fact]
    public async Task Every_session_of_a_holder_ends_on_every_node_and_no_session_row_is_written()
    {
        await using var other = Database.Open();
        var key = await GivenApiKeyAsync();
        var (account, subscription) = (key.AccountId, await GivenSubscriptionAsync());
        var client = (await GivenClientAsync()).Id;
        (SessionHolder Holder, Session Held)[] cases =
        [
            (SessionHolder.Account(account), NewSession(account)),
            (SessionHolder.Account(account), NewSession(account, apiKey: key.Id)),
            (SessionHolder.Client(client), NewSession(account, client)),
            (SessionHolder.Consent(account, client), NewSession(account, client)),
            (SessionHolder.ApiKey(key.Id), NewSession(account, apiKey: key.Id)),
            (SessionHolder.Subscription(subscription.Id), OfSubscription(SubscriptionKeySlot.Primary)),
            (
                SessionHolder.SubscriptionKey(subscription.Id, SubscriptionKeySlot.Secondary),
                OfSubscription(SubscriptionKeySlot.Secondary)
            ),
        ];
        var revokedBefore = await Database.NumberAsync(Revoked);
        foreach (var (holder, held) in cases)
        {
            await OpenAsync(held);
            await EndAllAsync(holder);

            foreach (var store in (Store[])[Store, other])
            {
                Assert.Equal(RotationKind.Revoked, (await RefreshAsync(held, 0, store)).Kind);
                Assert.Equal(
                    RevocationReason.ByOperator,
                    (await store.Sessions.FindAsync(held.Id, Cancel))!.RevokedFor
                );
            }
        }

        Assert.Equal(revokedBefore, await Database.NumberAsync(Revoked));

        Session OfSubscription(SubscriptionKeySlot slot) =>
            NewSession(subscription.AccountId) with
            {
                Subscription = (subscription.Id, slot),
            };
    }

    [Fact]
    public async Task Everyones_sessions_and_codes_end_and_whoever_comes_afterwards_is_served()
    {
        await using var other = Database.Open();
        var account = await GivenAccountAsync();
        var client = await GivenClientAsync();
        Session[] held = [NewSession(account.Id), NewSession(account.Id, client.Id), NewSession()];
        foreach (var session in held)
        {
            await OpenAsync(session);
        }

        var code = new OneTimeCode
        {
            Hash = NewHash(),
            Contract = "oauth",
            AccountId = account.Id,
            AccountEpoch = account.Epoch,
            Scopes = Scopes.None,
            ExpiresAt = Time.Now.AddMinutes(1),
        };
        await Store.Codes.AddAsync(code, Entry(AuditEvent.CodeMinted), Cancel);

        await EndAllAsync(SessionHolder.Everyone);

        foreach (var session in held)
        {
            Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0, other)).Kind);
        }

        Assert.Null(await other.Codes.FindAsync([code.Hash], Cancel));
        var next = NewSession(account.Id);
        await OpenAsync(next);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(next, 0, other)).Kind);
        Assert.Equal(
            other.Sessions.Marks.LastOf(SessionHolder.Everyone)!.Number,
            (await other.Clients.FindAsync(client.Id, Cancel))!.LastMark
        );
    }

    [Fact]
    public async Task A_mark_ends_its_holders_sessions_and_no_others()
    {
        var (mine, theirs) = (await GivenAccountAsync(), await GivenAccountAsync());
        Session[] others =
        [
            NewSession(theirs.Id),
            NewSession(mine.Id, "bank"),
            NewSession(theirs.Id, "shop"),
            NewSession(theirs.Id) with
            {
                Subscription = ((await GivenSubscriptionAsync()).Id, SubscriptionKeySlot.Primary),
            },
        ];
        foreach (var session in others)
        {
            await OpenAsync(session);
        }

        await EndAllAsync(SessionHolder.Consent(mine.Id, "shop"));
        await EndAllAsync(SessionHolder.ApiKey(mine.Id));
        await EndAllAsync(
            SessionHolder.SubscriptionKey(others[3].Subscription!.Value.Id, SubscriptionKeySlot.Secondary)
        );

        foreach (var session in others)
        {
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
        }
    }

    [Fact]
    public async Task What_is_opened_after_a_mark_goes_on_whatever_the_clock_says()
    {
        await using var other = Database.Open();
        var account = (await GivenAccountAsync()).Id;
        await EndAllAsync(SessionHolder.Account(account));
        Time.AdjustTime(Time.Now.AddHours(-1));
        var session = NewSession(account);

        await OpenAsync(session, other);

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0, Store)).Kind);
        Assert.Equal(session.Id, Assert.Single(await ListAsync(account)).Id);
    }

    [Fact]
    public async Task A_session_that_has_ended_does_not_come_back_by_being_excepted_from_a_later_mark()
    {
        var account = (await GivenAccountAsync()).Id;
        var (first, second) = (await GivenSessionAsync(account), await GivenSessionAsync(account));
        await EndAllAsync(SessionHolder.Account(account), except: second.Id);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(first, 0)).Kind);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(second, 0)).Kind);

        await EndAllAsync(SessionHolder.Account(account), except: first.Id);

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(first, 0)).Kind);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(second, 1)).Kind);
    }

    [Fact]
    public async Task A_mark_that_the_store_has_lost_ends_nothing_that_is_opened_from_now_on()
    {
        var account = (await GivenAccountAsync()).Id;
        var before = await Database.NumberAsync("SELECT number FROM counters WHERE name = 'mark'");
        await EndAllAsync(SessionHolder.Account(account));
        await Database.ExecuteAsync(
            Database.ConnectionString,
            $"DELETE FROM marks WHERE number > {before}; UPDATE counters SET number = {before} WHERE name = 'mark'"
        );
        var session = NewSession(account);

        await OpenAsync(session);

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
    }

    /// <summary>Somebody has read the last number, and is slower than those who make a mark and read that.</summary>
    [Fact]
    public async Task Whoever_read_the_last_number_before_a_mark_does_not_forget_the_mark()
    {
        var session = await GivenSessionAsync((await GivenAccountAsync()).Id);
        var before = await Database.NumberAsync("SELECT number FROM counters WHERE name = 'mark'");
        await EndAllAsync(SessionHolder.Account(session.AccountId!.Value));
        await Store.Sessions.FindAsync(session.Id, Cancel);

        await Store.Engine.ReadAsync(
            db => Storage.Sessions.Marks.CatchUpAsync(db, Store.Sessions.Marks, before),
            Cancel
        );

        Assert.NotNull(Store.Sessions.Marks.Find(session.Holders, session.Id, session.OpenedAfter));
    }

    [Fact]
    public async Task A_session_that_a_mark_has_ended_is_ended_no_second_time()
    {
        var session = await GivenSessionAsync((await GivenAccountAsync()).Id);
        await EndAllAsync(SessionHolder.Account(session.AccountId!.Value));

        var again = await Store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);

        Assert.Equal(ReceiptKind.Withdrawn, again.Kind);
    }

    [Fact]
    public async Task Marks_and_revocations_made_by_another_node_are_read_once_each()
    {
        await using var other = Database.Open();
        var before = await other.Sessions.RevokedAfterAsync(null, Cancel);
        var account = (await GivenAccountAsync()).Id;
        var (marked, revoked) = (await GivenSessionAsync(account), await GivenSessionAsync());
        await EndAllAsync(SessionHolder.Account(account));
        await Store.Sessions.EndAsync(revoked.Id, RevocationReason.Logout, Entry(), Cancel);

        var news = await other.Sessions.RevokedAfterAsync(before.Change, Cancel);

        Assert.Contains(news.Revoked, one => one.Id == revoked.Id);
        Assert.NotNull(other.Sessions.Marks.Find(marked.Holders, marked.Id, marked.OpenedAfter));
        Assert.DoesNotContain(
            (await other.Sessions.RevokedAfterAsync(news.Change, Cancel)).Revoked,
            one => one.Id == revoked.Id
        );
    }

    [Fact]
    public async Task A_reuse_is_read_by_a_node_that_was_away_for_long()
    {
        await using var other = Database.Open();
        var session = await GivenSessionAsync();
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 1);
        var before = await other.Sessions.RevokedAfterAsync(null, Cancel);
        Assert.Equal(RotationKind.Reuse, (await RefreshAsync(session, 0)).Kind);
        Time.Advance(TimeSpan.FromMinutes(10));

        var news = await other.Sessions.RevokedAfterAsync(before.Change, Cancel);

        Assert.Contains(news.Revoked, one => one.Id == session.Id);
    }

    [Fact]
    public async Task The_sweep_removes_what_a_mark_ended_and_then_the_mark()
    {
        var account = (await GivenAccountAsync()).Id;
        var (ended, alive) = (await GivenSessionAsync(account), NewSession(account));
        await EndAllAsync(SessionHolder.Account(account));
        await OpenAsync(alive);
        Time.Advance(TimeSpan.FromHours(1));
        await Store.Sessions.SweepAsync(Time.Now, int.MaxValue, Cancel);
        Assert.Null(await Store.Sessions.FindAsync(ended.Id, Cancel));
        Assert.NotNull(await Store.Sessions.FindAsync(alive.Id, Cancel));
        Assert.NotNull(Store.Sessions.Marks.LastOf(SessionHolder.Account(account)));

        await Store.Sessions.SweepAsync(Time.Now + AccessTokenLimits.LongestLifetime, int.MaxValue, Cancel);

        Assert.Null(Store.Sessions.Marks.LastOf(SessionHolder.Account(account)));
        Assert.Equal(0, await Database.NumberAsync($"SELECT COUNT(*) FROM marks WHERE holder = 'Account:{account}'"));
    }

    [Fact]
    public async Task The_sweep_removes_the_revoked_tokens_of_a_client_that_its_mark_says_again()
    {
        var client = $"shop-{NewId()}";
        var (before, after) = (OwnToken(client), OwnToken(client));
        await OpenAsync(before);
        await EndAllAsync(SessionHolder.OwnTokens(client));
        await OpenAsync(after);
        Assert.Equal(
            [(before.Id, client), (after.Id, client)],
            (await Store.Sessions.RevokedAfterAsync(null, Cancel))
                .Revoked.Where(revoked => revoked.OwnTokenOf == client)
                .OrderBy(revoked => revoked.OpenedAfter)
                .Select(revoked => (revoked.Id, revoked.OwnTokenOf!))
        );
        Time.Advance(TimeSpan.FromHours(1));

        await Store.Sessions.SweepAsync(Time.Now, int.MaxValue, Cancel);

        Assert.Null(await Store.Sessions.FindAsync(before.Id, Cancel));
        Assert.NotNull(await Store.Sessions.FindAsync(after.Id, Cancel));

        Session OwnToken(string of) =>
            EndedSession.Of(
                SessionId.New(RandomSource.System, Time.Now),
                of,
                RevocationReason.Logout,
                Time.Now,
                Time.Now.AddDays(80),
                Caller.Operator
            );
    }

    [Fact]
    public async Task A_sweep_that_is_cut_off_keeps_the_mark_of_what_it_left()
    {
        var account = (await GivenAccountAsync()).Id;
        Session[] ended = [await GivenSessionAsync(account), await GivenSessionAsync(account)];
        await EndAllAsync(SessionHolder.Account(account));
        Time.Advance(TimeSpan.FromMinutes(1));
        var before = Time.Now + AccessTokenLimits.LongestLifetime;

        Assert.Equal(1, await Store.Sessions.SweepAsync(before, 1, Cancel));

        var left = (await Task.WhenAll(ended.Select(one => RefreshAsync(one, 0)))).Select(met => met.Kind).ToList();
        Assert.Contains(RotationKind.Revoked, left);
        Assert.DoesNotContain(RotationKind.Advance, left);
        await Store.Sessions.SweepAsync(before, int.MaxValue, Cancel);
        Assert.Null(Store.Sessions.Marks.LastOf(SessionHolder.Account(account)));
    }

    private async Task EndAllAsync(SessionHolder holder, SessionId? except = null) =>
        Assert.True(
            await CommittedAsync(
                Store.Sessions.EndAllAsync(
                    holder,
                    RevocationReason.ByOperator,
                    Entry(AuditEvent.SessionsRevoked),
                    Cancel,
                    except
                )
            )
        );

    private Task<IReadOnlyList<Session>> ListAsync(Guid account) =>
        Store.Sessions.ListAsync(SessionHolder.Account(account), 100, Cancel);
}

public sealed class Mark_on_SQLite(SqliteDatabase database) : MarkTests(database), IClassFixture<SqliteDatabase>;

public sealed class Mark_on_PostgreSQL(PostgresDatabase database)
    : MarkTests(database),
        IClassFixture<PostgresDatabase>;
