using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>
/// What a process knows to have ended and the store has forgotten is written again: after a failover that lost the last
/// commits, or after two primaries.
/// </summary>
public abstract class ForgottenEndTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_mark_that_the_store_has_lost_ends_what_was_opened_before_it_and_nothing_that_is_opened_now()
    {
        var account = (await GivenAccountAsync()).Id;
        var (before, now) = (await GivenSessionAsync(account), NewSession(account));
        var last = await LastMarkAsync();
        await EndAllAsync(SessionHolder.Account(account));
        await ForgetMarksAfterAsync(last);
        await OpenAsync(now);

        Assert.Equal(1, await Store.Sessions.RepeatEndsAsync([], Cancel));
        Assert.Equal(0, await Store.Sessions.RepeatEndsAsync([], Cancel));

        await using var other = Database.Open();
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(before, 0, other)).Kind);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(now, 0, other)).Kind);
        Assert.False(Store.Sessions.Marks.Forgotten);
    }

    [Fact]
    public async Task A_mark_that_only_one_of_two_stores_has_is_made_again_behind_those_of_the_other()
    {
        var (account, elsewhere) = ((await GivenAccountAsync()).Id, (await GivenAccountAsync()).Id);
        var session = await GivenSessionAsync(account);
        var last = await LastMarkAsync();
        await EndAllAsync(SessionHolder.Account(account));
        await ForgetMarksAfterAsync(last);
        await using var other = Database.Open();
        Time.Advance(TimeSpan.FromSeconds(1));
        await other.Sessions.EndAllAsync(SessionHolder.Account(elsewhere), RevocationReason.ByOwner, Entry(), Cancel);

        Assert.Equal(1, await Store.Sessions.RepeatEndsAsync([], Cancel));

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0, other)).Kind);
    }

    [Fact]
    public async Task A_session_whose_end_the_store_has_lost_is_ended_again_and_read_by_every_node()
    {
        var session = await GivenSessionAsync();
        await using var other = Database.Open();
        var heard = await other.Sessions.RevokedAfterAsync(null, Cancel);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await Store.Sessions.RepeatEndsAsync([Ended(session.Id)], Cancel));
        Assert.Equal(Time.Now, Store.ForgotAt);
        Assert.Equal(0, await Store.Sessions.RepeatEndsAsync([Ended(session.Id)], Cancel));

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0, other)).Kind);
        Assert.Contains(
            (await other.Sessions.RevokedAfterAsync(heard.Change, Cancel)).Revoked,
            one => one.Id == session.Id
        );
    }

    [Fact]
    public async Task A_session_that_the_store_has_lost_altogether_is_refused_by_its_id_until_its_tokens_are_dead()
    {
        var (lost, own) = (NewSession().Id, NewSession().Id);

        Assert.Equal(
            2,
            await Store.Sessions.RepeatEndsAsync([Ended(lost), Ended(own) with { OwnTokenOf = "shop" }], Cancel)
        );

        await using var other = Database.Open();
        var read = (await other.Sessions.RevokedAfterAsync(null, Cancel)).Revoked;
        Assert.Equal(Time.Now.AddHours(1), read.Single(one => one.Id == lost).AccessDeadAt);
        Assert.Equal("shop", read.Single(one => one.Id == own).OwnTokenOf);
        Assert.False((await RefreshAsync(NewSession() with { Id = lost }, 0, other)).Grants);
    }

    protected Task EndAllAsync(SessionHolder holder) => EndAllAsync(Store, holder);

    protected async Task EndAllAsync(Store store, SessionHolder holder) =>
        Assert.True(
            await CommittedAsync(store.Sessions.EndAllAsync(holder, RevocationReason.ByOwner, Entry(), Cancel))
        );

    private async Task OpenAsync(Session session) =>
        Assert.True(await CommittedAsync(Store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel)));

    private RevokedSession Ended(SessionId id) => new(id, Time.Now, Time.Now.AddHours(1));

    private Task<long> LastMarkAsync() => Database.NumberAsync("SELECT number FROM counters WHERE name = 'mark'");

    private Task ForgetMarksAfterAsync(long last) =>
        Database.ExecuteAsync(
            Database.ConnectionString,
            $"DELETE FROM marks WHERE number > {last}; UPDATE counters SET number = {last} WHERE name = 'mark'"
        );
}

public sealed class ForgottenEnd_on_SQLite(SqliteDatabase database)
    : ForgottenEndTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class ForgottenEnd_on_PostgreSQL(PostgresDatabase database)
    : ForgottenEndTests(database),
        IClassFixture<PostgresDatabase>
{
    /// <summary>A node hears of a new primary and of a mark that was made there in one read.</summary>
    [Fact]
    public async Task A_mark_that_was_made_at_a_new_primary_ends_what_was_opened_before_it()
    {
        var account = (await GivenAccountAsync()).Id;
        await EndAllAsync(SessionHolder.Account((await GivenAccountAsync()).Id));

        // Opened after the last mark that this node knows.
        var session = await GivenSessionAsync(account);
        var read = await Store.Sessions.RevokedAfterAsync(null, Cancel);
        await using var other = Database.Open();
        Time.Advance(TimeSpan.FromSeconds(1));
        await EndAllAsync(other, SessionHolder.Account(account));
        await PromoteAsync(4710);

        await Store.Sessions.RevokedAfterAsync(read.Change, Cancel);

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0, Store)).Kind);
    }

    /// <summary>
    /// Of two primaries each has numbers of its own. Whoever comes over from the other may have read further than what
    /// was revoked here, and knows marks that are not here.
    /// </summary>
    [Fact]
    public async Task What_another_primary_knows_is_read_anew_although_its_numbers_are_higher()
    {
        var (account, elsewhere) = ((await GivenAccountAsync()).Id, (await GivenAccountAsync()).Id);
        var (here, there) = (await GivenSessionAsync(account), await GivenSessionAsync(elsewhere));
        var single = await GivenSessionAsync();
        await using var other = Database.Open();
        await EndAllAsync(other, SessionHolder.Account(elsewhere));
        Assert.True(await CommittedAsync(other.Sessions.EndAsync(single.Id, RevocationReason.Logout, Entry(), Cancel)));
        Time.Advance(TimeSpan.FromSeconds(1));
        await EndAllAsync(SessionHolder.Account(account));
        var read = await Store.Sessions.RevokedAfterAsync(null, Cancel);
        Assert.NotEqual(0, read.Change.History);
        await Database.ExecuteAsync(
            Database.ConnectionString,
            $"DELETE FROM marks WHERE holder = '{SessionHolder.Account(account)}'"
        );
        await PromoteAsync(4711);

        var news = await Store.Sessions.RevokedAfterAsync(read.Change, Cancel);

        Assert.Equal(4711, news.Change.History);
        Assert.Contains(news.Revoked, one => one.Id == single.Id);
        Assert.True(Store.Sessions.Marks.Forgotten);
        Assert.Equal(1, await Store.Sessions.RepeatEndsAsync([], Cancel));
        await using var third = Database.Open();
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(here, 0, third)).Kind);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(there, 0, third)).Kind);
    }

    // As the nodes see it: another timeline.
    private Task PromoteAsync(long history) =>
        Database.ExecuteAsync(
            Database.ConnectionString,
            "CREATE OR REPLACE FUNCTION turnstone_history() RETURNS BIGINT LANGUAGE sql "
                + $"AS 'SELECT {history}::bigint'"
        );
}
