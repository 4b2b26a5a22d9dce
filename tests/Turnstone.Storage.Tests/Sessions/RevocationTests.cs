using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

public abstract class RevocationTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_revoked_session_is_refused_and_keeps_its_first_reason()
    {
        var session = await GivenSessionAsync();

        Assert.True(
            (
                await Store.Sessions.EndAsync(
                    session.Id,
                    RevocationReason.Logout,
                    Entry(AuditEvent.SessionRevoked),
                    Cancel
                )
            ).IsCommitted
        );
        Assert.False(
            (
                await Store.Sessions.EndAsync(
                    session.Id,
                    RevocationReason.ByOperator,
                    Entry(AuditEvent.SessionRevoked),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Equal(RevocationReason.Logout, (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
        var revoked = Assert.Single(
            (await Store.Sessions.RevokedAfterAsync(null, Cancel)).Revoked,
            revoked => revoked.Id == session.Id
        );
        Assert.Equal(session.AccessExpiresAt, revoked.AccessDeadAt);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_not_revoked_and_leaves_no_entry()
    {
        var account = NewId();
        Assert.False(
            (
                await Store.Sessions.EndAsync(
                    new SessionId(NewId()),
                    RevocationReason.Logout,
                    Entry(AuditEvent.SessionRevoked, account),
                    Cancel
                )
            ).IsCommitted
        );
        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel));
    }

    [Fact]
    public async Task An_end_that_is_written_twice_is_written_once_and_the_sessions_beside_it_open()
    {
        var id = new SessionId(NewId());
        var ended = EndedSession.Of(id, "shop", RevocationReason.Logout, Time.Now, Time.Now.AddMinutes(5), Caller);
        var (account, entry) = (NewId(), Entry(AuditEvent.SessionRevoked) with { SessionId = id });
        var opening = Enumerable
            .Range(0, 20)
            .Select(i =>
                Store.Sessions.OpenAsync(
                    i % 2 == 0 ? ended : NewSession(account),
                    new Preconditions(),
                    i % 2 == 0 ? entry : Entry(),
                    Cancel
                )
            )
            .ToList();

        var opened = await Task.WhenAll(opening);

        Assert.Single(opened.Where((_, i) => i % 2 == 0), one => one.IsCommitted);
        Assert.All(opened.Where((_, i) => i % 2 == 1), one => Assert.True(one.IsCommitted));
        Assert.Equal(10, (await Store.Sessions.ListAsync(SessionHolder.Account(account), 20, Cancel)).Count);
        Assert.Single(
            await Store.Audit.ReadAsync(
                new AuditQuery { Since = Time.Now.AddMinutes(-1), Event = AuditEvent.SessionRevoked },
                Cancel
            ),
            found => found.SessionId == id
        );
    }

    [Fact]
    public async Task Revoked_sessions_whose_access_token_is_dead_are_not_listed()
    {
        var session = await GivenSessionAsync();
        await Store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);
        Time.Advance(TimeSpan.FromMinutes(20));

        Assert.DoesNotContain(
            (await Store.Sessions.RevokedAfterAsync(null, Cancel)).Revoked,
            revoked => revoked.Id == session.Id
        );
    }

    [Fact]
    public async Task Revoking_all_ends_the_holders_sessions_and_no_others()
    {
        var key = await GivenApiKeyAsync();
        var client = await GivenClientAsync();
        var other = await GivenSessionAsync(NewId());
        foreach (
            var (holder, open) in ((SessionHolder, Func<Task<Session>>)[])
                [
                    (SessionHolder.Account(key.AccountId), () => GivenSessionAsync(account: key.AccountId)),
                    (SessionHolder.Account(key.AccountId), () => GivenSessionAsync(key.AccountId, apiKey: key.Id)),
                    (SessionHolder.Client(client.Id), () => GivenSessionAsync(client: client.Id)),
                    (SessionHolder.ApiKey(key.Id), () => GivenSessionAsync(apiKey: key.Id)),
                ]
        )
        {
            var first = await open();
            Time.Advance(TimeSpan.FromSeconds(1));
            var second = await open();
            Assert.Equal(
                [second.Id, first.Id],
                (await Store.Sessions.ListAsync(holder, 10, Cancel)).Select(session => session.Id)
            );
            Assert.Single(await Store.Sessions.ListAsync(holder, 1, Cancel));

            Assert.Equal(
                2,
                (
                    await Store.Sessions.EndAllAsync(
                        holder,
                        RevocationReason.ByOwner,
                        Entry(AuditEvent.SessionsRevoked),
                        Cancel
                    )
                )
                    .EndedCount
                    .Number
            );

            Assert.Empty(await Store.Sessions.ListAsync(holder, 10, Cancel));
        }

        Assert.True((await Store.Sessions.FindAsync(other.Id, Cancel))!.IsLive(Time.Now));
    }

    [Fact]
    public async Task A_long_list_is_read_page_by_page_and_no_session_is_on_two()
    {
        var account = (await GivenAccountAsync()).Id;
        ApiKey[] keys = [await GivenApiKeyAsync(account), await GivenApiKeyAsync(account)];
        for (var i = 0; i < 7; i++)
        {
            // Three at one moment each: the place tells them apart by their id.
            await GivenSessionAsync(account, apiKey: i % 2 == 0 ? null : (i % 4 == 1 ? keys[0] : keys[1]).Id);
            Time.Advance(TimeSpan.FromSeconds(i % 3 == 2 ? 1 : 0));
        }

        var all = await Store.Sessions.ListAsync(SessionHolder.Account(account), 100, Cancel);
        var paged = new List<Session>();
        while (
            await Store.Sessions.ListAsync(
                SessionHolder.Account(account),
                2,
                Cancel,
                paged.Count == 0 ? null : SessionPlace.Of(paged[^1])
            )
                is { Count: > 0 } page
        )
        {
            paged.AddRange(page);
        }

        Assert.Equal(7, all.Count);
        Assert.Equal(all.Select(session => session.Id), paged.Select(session => session.Id));
    }

    [Fact]
    public async Task All_sessions_but_one_are_ended()
    {
        var account = (await GivenAccountAsync()).Id;
        var kept = await GivenSessionAsync(account);
        await GivenSessionAsync(account);
        await GivenSessionAsync(account, apiKey: (await GivenApiKeyAsync(account)).Id);

        Assert.Equal(
            2,
            (
                await Store.Sessions.EndAllAsync(
                    SessionHolder.Account(account),
                    RevocationReason.ByOwner,
                    Entry(AuditEvent.SessionsRevoked),
                    Cancel,
                    kept.Id
                )
            )
                .EndedCount
                .Number
        );

        Assert.Equal(
            kept.Id,
            Assert.Single(await Store.Sessions.ListAsync(SessionHolder.Account(account), 10, Cancel)).Id
        );
    }

    [Theory]
    [InlineData(99, 99, false)]
    [InlineData(101, 100, true)]
    public async Task Counting_what_a_mark_ended_stops_at_a_hundred_and_says_so(int held, int counted, bool orMore)
    {
        var account = await GivenAccountAsync();
        await Task.WhenAll(Enumerable.Range(0, held).Select(_ => OpenAsync(NewSession(account.Id))));

        var receipt = await Store.Sessions.EndAllAsync(
            SessionHolder.Account(account.Id),
            RevocationReason.ByOwner,
            Entry(AuditEvent.SessionsRevoked),
            Cancel
        );

        Assert.Equal(new SessionCount(counted, orMore), receipt.EndedCount);
        Assert.Equal(new SessionCount(), await EndAgainAsync());

        async Task<SessionCount> EndAgainAsync() =>
            (
                await Store.Sessions.EndAllAsync(
                    SessionHolder.Account(account.Id),
                    RevocationReason.ByOwner,
                    Entry(AuditEvent.SessionsRevoked),
                    Cancel
                )
            ).EndedCount with
            {
                OrMore = false,
            };
    }
}

public sealed class Revocation_on_SQLite(SqliteDatabase database)
    : RevocationTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Revocation_on_PostgreSQL(PostgresDatabase database)
    : RevocationTests(database),
        IClassFixture<PostgresDatabase>;
