using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tests.Directory;
using Turnstone.Tests.Tokens;
using Turnstone.Tokens;

namespace Turnstone.Tests.Revocation;

public sealed class RevokedSessionsTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly RevocationsOnly store = new();
    private readonly StoreChanges changes = new();
    private readonly RevocationMeter meter = new();
    private readonly RevocationBounds bounds = new() { OwnTokensPerClient = 3, Bytes = 1 << 20 };
    private readonly RevokedSessions revoked;

    public RevokedSessionsTests() => revoked = new RevokedSessions(store, changes, bounds, meter, time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_load_reads_everything_that_can_still_matter()
    {
        var old = Revoke(revokedAgo: TimeSpan.FromDays(89), deadIn: TimeSpan.FromHours(1));

        await revoked.RefreshAsync(Cancel);

        Assert.True(IsRevoked(old));
        Assert.Null(Assert.Single(store.Asked));
    }

    [Fact]
    public void Before_the_first_load_it_does_not_answer()
    {
        Assert.Throws<StoreUnavailableException>(() => IsRevoked(NewId()));
        Assert.Null(revoked.CurrentAsOf);
    }

    [Fact]
    public async Task A_refresh_reads_only_the_changes_that_are_new()
    {
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(30));
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));

        await revoked.RefreshAsync(Cancel);
        await revoked.RefreshAsync(Cancel);

        Assert.Equal([null, 1, 2], store.Asked);
        Assert.Equal(time.Now, revoked.CurrentAsOf);
    }

    [Fact]
    public async Task A_mark_refuses_the_tokens_of_what_its_holder_had_opened_before_it_and_no_others()
    {
        await revoked.RefreshAsync(Cancel);
        var (account, key) = (Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Empty);
        var session = NewId();
        store.Marks.Add(new HolderMark(7, SessionHolder.Account(account), time.Now, RevocationReason.ByOwner, NewId()));

        Assert.True(revoked.Contains(session, new SessionHolders(account, "shop", key), openedAfter: 6, token: null));
        Assert.False(revoked.Contains(session, new SessionHolders(account, "shop", key), openedAfter: 7, token: null));
        Assert.False(revoked.Contains(session, new SessionHolders(key, "shop", account), openedAfter: 6, token: null));
    }

    [Fact]
    public async Task After_the_clock_was_set_back_everything_is_read_once_and_its_age_is_told_again()
    {
        var session = Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromMinutes(30));
        time.Advance(TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        Assert.False(IsRevoked(session));

        time.AdjustTime(time.Now - TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        await revoked.RefreshAsync(Cancel);

        Assert.True(IsRevoked(session));
        Assert.Equal(time.Now, revoked.CurrentAsOf);
        Assert.Equal([null, 0, 1], store.Asked);
    }

    [Fact]
    public async Task A_revocation_that_was_committed_late_is_found()
    {
        await revoked.RefreshAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(30));
        await revoked.RefreshAsync(Cancel);

        var late = Revoke(revokedAgo: TimeSpan.FromSeconds(100), deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);

        Assert.True(IsRevoked(late));
    }

    [Fact]
    public async Task A_session_is_forgotten_only_when_no_reader_can_take_its_token_any_more()
    {
        var session = Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromMinutes(15));
        await revoked.RefreshAsync(Cancel);

        time.Advance(TimeSpan.FromMinutes(15) + AccessTokenLimits.Skew - TimeSpan.FromTicks(1));
        await revoked.RefreshAsync(Cancel);
        Assert.True(IsRevoked(session));

        time.Advance(TimeSpan.FromTicks(1));
        await revoked.RefreshAsync(Cancel);
        Assert.False(IsRevoked(session));
        Assert.Equal(0, revoked.Count);
    }

    [Fact]
    public async Task What_this_node_revokes_counts_at_once_and_the_longest_time_holds()
    {
        await revoked.RefreshAsync(Cancel);
        var session = NewId();

        Tell(session, TimeSpan.FromHours(1));
        Tell(session, TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(30));
        await revoked.RefreshAsync(Cancel);

        Assert.True(IsRevoked(session));
    }

    [Fact]
    public async Task A_client_may_have_so_many_of_its_own_tokens_here_and_fewer_when_the_memory_is_used_up()
    {
        await revoked.RefreshAsync(Cancel);
        Enumerable.Range(0, 3).ToList().ForEach(_ => TellOwn(NewId(), openedAfter: 0));
        Assert.True(revoked.HasTooManyOf("shop"));
        Assert.False(revoked.HasTooManyOf("bank"));

        using var small = new RevokedSessions(store, changes, new RevocationBounds { Bytes = 16_000 }, meter, time);
        await small.RefreshAsync(Cancel);
        Enumerable.Range(0, 100).ToList().ForEach(_ => TellOwn(NewId(), openedAfter: 0));
        Assert.False(small.IsFull);
        Assert.False(small.HasTooManyOf("shop"));

        Tell(NewId(), TimeSpan.FromHours(1));
        Assert.True(small.IsFull);
        Assert.True(small.HasTooManyOf("shop"));
    }

    [Fact]
    public async Task The_mark_on_a_clients_own_tokens_takes_the_place_of_those_before_it_and_of_no_later_one()
    {
        await revoked.RefreshAsync(Cancel);
        var (before, after, session) = (NewId(), NewId(), NewId());
        TellOwn(before, openedAfter: 6);
        TellOwn(after, openedAfter: 7);
        Tell(session, TimeSpan.FromHours(1));

        store.Marks.Add(
            new HolderMark(7, SessionHolder.OwnTokens("shop"), time.Now, RevocationReason.Logout, Except: null)
        );
        await revoked.RefreshAsync(Cancel);
        TellOwn(NewId(), openedAfter: 6);

        Assert.Equal(2, revoked.Count);
        Assert.False(revoked.HasTooManyOf("shop"));
        Assert.True(IsRevokedOwn(before, openedAfter: 6));
        Assert.True(IsRevokedOwn(after, openedAfter: 7));
        Assert.False(IsRevokedOwn(NewId(), openedAfter: 7));
        Assert.True(IsRevoked(session));
    }

    [Fact]
    public async Task One_takes_no_more_memory_than_is_reckoned()
    {
        const int Many = 100_000;
        await revoked.RefreshAsync(Cancel);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Many; i++)
        {
            TellOwn(NewId(), openedAfter: 0);
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Many;
        Assert.InRange(each, revoked.Bytes / Many / 2, revoked.Bytes / Many);
    }

    [Fact]
    public async Task While_the_store_is_away_the_set_stays_and_tells_its_age()
    {
        var session = Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        var asOf = time.Now;
        store.Away = true;
        time.Advance(TimeSpan.FromMinutes(30));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => revoked.RefreshAsync(Cancel));
        Assert.True(IsRevoked(session));
        Assert.Equal(asOf, revoked.CurrentAsOf);

        store.Away = false;
        var meanwhile = Revoke(revokedAgo: TimeSpan.FromMinutes(20), deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        Assert.True(IsRevoked(meanwhile));
    }

    [Fact]
    public async Task A_store_that_was_away_is_told_once_what_it_may_have_forgotten()
    {
        await revoked.RefreshAsync(Cancel);
        var session = NewId();
        Tell(session, TimeSpan.FromHours(1));
        TellOwn(NewId(), openedAfter: 5);
        Assert.Equal(0, await revoked.RefreshAsync(Cancel));
        Assert.Empty(store.Repeated);

        store.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => revoked.RefreshAsync(Cancel));
        store.Away = false;
        Assert.Equal(2, await revoked.RefreshAsync(Cancel));
        Assert.Equal(0, await revoked.RefreshAsync(Cancel));

        var told = Assert.Single(store.Repeated);
        Assert.Equal([null, "shop"], told.Select(one => one.OwnTokenOf).Order());
        Assert.Equal(time.Now.AddHours(1), told.Single(one => one.Id == session).AccessDeadAt);
    }

    [Fact]
    public async Task A_store_that_came_back_older_is_told_too()
    {
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));
        var lost = Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        store.Revoked.RemoveAt(1);

        await revoked.RefreshAsync(Cancel);

        Assert.Contains(Assert.Single(store.Repeated), one => one.Id == lost);
        Assert.True(IsRevoked(lost));
    }

    [Fact]
    public async Task A_store_that_went_another_way_is_told_too()
    {
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        store.History = 2;

        await revoked.RefreshAsync(Cancel);
        await revoked.RefreshAsync(Cancel);

        Assert.Single(store.Repeated);
    }

    [Fact]
    public async Task What_is_cut_off_for_longer_than_it_may_be_says_of_no_token_that_it_is_good_until_it_hears_again()
    {
        var longest = TimeSpan.FromSeconds(10);
        using var strict = new RevokedSessions(
            store,
            changes,
            new RevocationBounds { LongestSilence = longest },
            meter,
            time
        );
        await strict.RefreshAsync(Cancel);
        store.Away = true;
        time.Advance(longest);
        Assert.False(strict.Contains(NewId(), default, openedAfter: 0, token: null));

        time.Advance(TimeSpan.FromTicks(1));
        var refused = Assert.Throws<StoreUnavailableException>(() =>
            strict.Contains(NewId(), default, openedAfter: 0, token: null)
        );
        Assert.Equal(UnavailableCause.CutOff, refused.Cause);

        store.Away = false;
        await strict.RefreshAsync(Cancel);
        Assert.False(strict.Contains(NewId(), default, openedAfter: 0, token: null));
    }

    public void Dispose()
    {
        revoked.Dispose();
        meter.Dispose();
    }

    private bool IsRevoked(SessionId session) => revoked.Contains(session, default, openedAfter: 0, token: null);

    private bool IsRevokedOwn(SessionId token, long openedAfter) =>
        revoked.Contains(ClientCredentialsSession.Of("shop"), new SessionHolders(null, "shop"), openedAfter, token);

    private void TellOwn(SessionId token, long openedAfter) =>
        changes.Tell(
            ChangeKind.Revocations,
            new RevokedSession(token, time.Now, time.Now.AddHours(1)) { OwnTokenOf = "shop", OpenedAfter = openedAfter }
        );

    private void Tell(SessionId session, TimeSpan deadIn) =>
        changes.Tell(ChangeKind.Revocations, new RevokedSession(session, time.Now, time.Now + deadIn));

    private static SessionId NewId() => SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch);

    private SessionId Revoke(TimeSpan revokedAgo, TimeSpan deadIn)
    {
        var id = NewId();
        store.Revoked.Add(new RevokedSession(id, time.Now - revokedAgo, time.Now + deadIn));
        return id;
    }
}
