using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

public abstract class RefreshTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_session_is_found_as_it_was_opened()
    {
        var account = await GivenAccountAsync();
        var session = NewSession(account.Id, "shop", NewId()) with
        {
            EndsAt = Time.Now.AddDays(1),
            SignIn = NewId(),
            KeyThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            AdvanceKeyHash = NewHash(),
        };
        Assert.True((await Store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel)).IsCommitted);

        Assert.Equivalent(session, await Store.Sessions.FindAsync(session.Id, Cancel), strict: true);
        Assert.Null(await Store.Sessions.FindAsync(new SessionId(NewId()), Cancel));
    }

    [Fact]
    public async Task A_refresh_advances_the_row_it_answers()
    {
        var session = await GivenSessionAsync();
        Time.Advance(TimeSpan.FromMinutes(3));

        var decision = await RefreshAsync(session, 0);

        Assert.Equal(RotationKind.Advance, decision.Kind);
        Assert.Equal(1u, decision.Session!.Generation);
        Assert.Equivalent(decision.Session, await Store.Sessions.FindAsync(session.Id, Cancel), strict: true);
    }

    [Fact]
    public async Task A_repeated_refresh_is_answered_with_the_same_successor()
    {
        var session = await GivenSessionAsync();
        var first = await RefreshAsync(session, 0);
        var second = await RefreshAsync(session, 0);

        Assert.Equal(RotationKind.Replay, second.Kind);
        Assert.Equal(first.Session!.Generation, second.Session!.Generation);
        Assert.Equal(first.Session.RefreshExpiresAt, second.Session.RefreshExpiresAt);
        Assert.Equal(1, (await Store.Sessions.FindAsync(session.Id, Cancel))!.Replays);
    }

    [Fact]
    public async Task A_repeat_with_the_idempotency_key_of_the_first_is_replayed_hours_later()
    {
        var session = await GivenSessionAsync();
        var key = NewHash();
        await Store.Sessions.RotateAsync(Attempt(session, 0, key), Alarm, Cancel);
        Time.Advance(TimeSpan.FromMinutes(40));

        Assert.Equal(
            RotationKind.Replay,
            (await Store.Sessions.RotateAsync(Attempt(session, 0, key), Alarm, Cancel)).Kind
        );
        Assert.Equal(
            RotationKind.Reuse,
            (await Store.Sessions.RotateAsync(Attempt(session, 0, NewHash()), Alarm, Cancel)).Kind
        );
    }

    [Fact]
    public async Task An_unknown_session_is_answered_as_unknown()
    {
        Assert.Equal(RotationKind.Unknown, (await RefreshAsync(NewSession(), 0)).Kind);
    }

    [Fact]
    public async Task A_reused_token_ends_the_session_and_is_recorded_in_the_same_commit()
    {
        var account = await GivenAccountAsync();
        var session = await GivenSessionAsync(account.Id);
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 1);

        var decision = await RefreshAsync(session, 0);

        Assert.Equal(RotationKind.Reuse, decision.Kind);
        var row = await Store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal(RevocationReason.Reuse, row!.RevokedFor);
        var entry = Assert.Single(
            await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.RefreshReuse }, Cancel),
            entry => entry.SessionId == session.Id
        );
        Assert.Equal("distance 2", entry.Detail);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 2)).Kind);
    }

    [Fact]
    public async Task What_a_session_knows_of_its_holders_is_kept_and_its_alarm_is_recorded_with_it()
    {
        var session = await GivenSessionAsync((await GivenAccountAsync()).Id);
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 1);
        var suspected = await RefreshAsync(session, 1);

        Assert.True(suspected.Suspect);
        var row = await Store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal(
            (2L, suspected.Session!.AlarmedAt, false),
            (row!.RepeatedGeneration, row.AlarmedAt, row.SendsKeys)
        );
        Assert.NotNull(row.AlarmedAt);
        Assert.Single(
            await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.CopySuspected }, Cancel),
            entry => entry.SessionId == session.Id
        );

        await Store.Sessions.RotateAsync(Attempt(session, 2, NewHash()), Alarm, Cancel);
        row = await Store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal((2L, suspected.Session.AlarmedAt, true), (row!.RepeatedGeneration, row.AlarmedAt, row.SendsKeys));
    }

    [Fact]
    public async Task A_token_from_the_future_of_the_row_advances_from_there_and_is_recorded()
    {
        var session = await GivenSessionAsync();

        var decision = await RefreshAsync(session, 5);

        Assert.Equal(RotationKind.Advance, decision.Kind);
        Assert.Equal(6u, decision.Session!.Generation);
        Assert.Contains(
            await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.StoreForgot }, Cancel),
            entry => entry.SessionId == session.Id
        );
    }

    [Fact]
    public async Task What_cannot_be_decided_fails_alone()
    {
        var sound = await GivenSessionAsync();
        var poisoned = await GivenSessionAsync();
        var mixed = Enumerable
            .Range(0, 40)
            .Select(i =>
                i % 2 == 0
                    ? RefreshAsync(sound, 0)
                    : Store.Sessions.RotateAsync(
                        Attempt(poisoned, 9),
                        _ => throw new InvalidOperationException("poison"),
                        Cancel
                    )
            )
            .ToList();

        for (var i = 0; i < mixed.Count; i++)
        {
            if (i % 2 == 0)
            {
                Assert.Equal(1u, (await mixed[i]).Session!.Generation);
            }
            else
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => mixed[i]);
            }
        }

        Assert.Equal(0u, (await Store.Sessions.FindAsync(poisoned.Id, Cancel))!.Generation);
    }

    [Fact]
    public async Task Sixty_four_parallel_refreshes_of_one_token_make_one_advance_and_the_same_successor()
    {
        var session = await GivenSessionAsync();
        AssertOneAdvance(
            await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => RefreshAsync(session, 0))))
        );
    }

    [Fact]
    public async Task Two_nodes_that_refresh_one_token_at_once_make_one_advance_and_the_same_successor()
    {
        await using var other = Database.Open();
        for (var round = 0; round < 10; round++)
        {
            var session = await GivenSessionAsync();
            AssertOneAdvance(
                await Task.WhenAll(
                    Enumerable
                        .Range(0, 64)
                        .Select(i => Task.Run(() => RefreshAsync(session, 0, i % 2 == 0 ? Store : other)))
                )
            );
        }
    }

    [Fact]
    public async Task The_store_does_not_grow_with_use()
    {
        var session = await GivenSessionAsync();
        var before = await SizesAsync();
        for (uint generation = 0; generation < 5000; generation++)
        {
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, generation)).Kind);
        }

        Assert.Equal(before, await SizesAsync());
    }

    private async Task<string> SizesAsync()
    {
        List<string> sizes = [];
        foreach (
            var table in (string[])
                [
                    "sessions",
                    "audit",
                    "codes",
                    "accounts",
                    "clients",
                    "api_keys",
                    "usage_counts",
                    "signing_keys",
                    "schema_versions",
                ]
        )
        {
            sizes.Add($"{table} {await Database.RowsAsync(table)}");
        }

        return string.Join(", ", sizes);
    }

    private static void AssertOneAdvance(RotationDecision[] decisions)
    {
        Assert.Single(decisions, decision => decision.Kind is RotationKind.Advance);
        Assert.Equal(decisions.Length - 1, decisions.Count(decision => decision.Kind is RotationKind.Replay));
        Assert.All(decisions, decision => Assert.Equal(1u, decision.Session!.Generation));
        Assert.Single(decisions.Select(decision => decision.Session!.RefreshExpiresAt).Distinct());
    }
}

public sealed class Refresh_on_SQLite(SqliteDatabase database) : RefreshTests(database), IClassFixture<SqliteDatabase>;

public sealed class Refresh_on_PostgreSQL(PostgresDatabase database)
    : RefreshTests(database),
        IClassFixture<PostgresDatabase>;
