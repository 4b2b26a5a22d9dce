using Turnstone.Model;
using Turnstone.Sessions;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>The decision table of a refresh, a row of it a test.</summary>
public sealed class RotationTests
{
    private static readonly DateTimeOffset Soon = Noon.AddSeconds(5);
    private static readonly DateTimeOffset Later = Noon.AddMinutes(10);

    [Fact]
    public void An_unknown_session_is_unknown() =>
        Assert.Equal(RotationKind.Unknown, Rotation.Decide(null, Attempt(5), Later).Kind);

    [Fact]
    public void A_session_that_was_opened_without_a_refresh_token_has_none() =>
        Assert.Equal(RotationKind.Unknown, Rotation.Decide(Row() with { Refreshable = false }, Attempt(5), Later).Kind);

    /// <summary>In that time its client could not be told, however often it repeated.</summary>
    [Fact]
    public void The_time_in_which_the_store_answered_nobody_does_not_count_against_a_repeat()
    {
        var (silent, window) = (TimeSpan.FromMinutes(20), Usual.RetryWindow);
        var last = Noon + silent + window;
        Assert.Equal(RotationKind.Replay, Rotation.Decide(Row(), Attempt(4), last, silent).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(), Attempt(4), last.AddTicks(1), silent).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(), Attempt(3), last, silent).Kind);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_revoked_session_stays_revoked_whatever_the_generation(uint generation)
    {
        var decision = Rotation.Decide(
            Row() with
            {
                RevokedAt = Noon,
                RevokedFor = RevocationReason.Logout,
            },
            Attempt(generation),
            Later
        );
        Assert.Equal(RotationKind.Revoked, decision.Kind);
        Assert.Equal(RevocationReason.Logout, decision.Session!.RevokedFor);
        Assert.False(decision.Writes);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_session_past_its_end_is_expired_to_the_second(uint generation)
    {
        var end = Noon + Usual.RefreshLifetime;
        Assert.Equal(RotationKind.Expired, Rotation.Decide(Row(), Attempt(generation), end).Kind);
        Assert.NotEqual(RotationKind.Expired, Rotation.Decide(Row(), Attempt(generation), end.AddTicks(-1)).Kind);
    }

    [Fact]
    public void The_present_token_advances_the_row()
    {
        var decision = Rotation.Decide(Row(), Attempt(5, KeyA), Later);
        var after = decision.Session!;
        Assert.Equal(RotationKind.Advance, decision.Kind);
        Assert.Equal(
            (6u, Later, Later.AddHours(1), Later.AddDays(1)),
            (after.Generation, after.AdvancedAt, after.AccessExpiresAt, after.RefreshExpiresAt)
        );
        Assert.Equal(KeyA, after.AdvanceKeyHash);
        Assert.Equal((1L, Later), (after.Version, after.LastUsedAt));
    }

    [Fact]
    public void An_advance_without_a_key_forgets_the_key_before_it() =>
        Assert.Null(Rotation.Decide(Row(key: KeyA), Attempt(5), Later).Session!.AdvanceKeyHash);

    [Fact]
    public void An_early_refresh_under_reject_changes_nothing_and_tells_the_wait()
    {
        var decision = Rotation.Decide(Row(), Attempt(5, terms: Usual with { Early = EarlyRefresh.Reject }), Later);
        Assert.Equal(RotationKind.TooEarly, decision.Kind);
        Assert.Equal(TimeSpan.FromMinutes(50), decision.Wait);
        Assert.False(decision.Writes);
        Assert.False(decision.Grants);
    }

    [Fact]
    public void Under_reject_the_refresh_is_taken_the_moment_the_access_token_ends()
    {
        var reject = Attempt(5, terms: Usual with { Early = EarlyRefresh.Reject });
        Assert.Equal(RotationKind.TooEarly, Rotation.Decide(Row(), reject, Noon.AddHours(1).AddTicks(-1)).Kind);
        Assert.Equal(RotationKind.Advance, Rotation.Decide(Row(), reject, Noon.AddHours(1)).Kind);
    }

    [Fact]
    public void An_early_refresh_under_current_answers_the_pair_that_stands()
    {
        var decision = Rotation.Decide(Row(), Attempt(5, terms: Usual with { Early = EarlyRefresh.Current }), Later);
        Assert.Equal(RotationKind.Current, decision.Kind);
        Assert.Equal(Row().Generation, decision.Session!.Generation);
        Assert.False(decision.Writes);
        Assert.True(decision.Grants);
    }

    [Theory]
    [InlineData(EarlyRefresh.Reject)]
    [InlineData(EarlyRefresh.Current)]
    public void After_the_clock_was_set_back_nothing_is_too_early_and_the_times_are_put_right(EarlyRefresh early)
    {
        var now = Noon.AddHours(-1);
        var decision = Rotation.Decide(Row(), Attempt(5, terms: Usual with { Early = early }), now);
        Assert.Equal(RotationKind.Advance, decision.Kind);
        Assert.Equal(
            (now, now.AddHours(1), now.AddDays(1)),
            (decision.Session!.AdvancedAt, decision.Session.AccessExpiresAt, decision.Session.RefreshExpiresAt)
        );
    }

    [Fact]
    public void An_access_token_of_a_time_to_come_is_dead_with_its_session()
    {
        var now = Noon.AddHours(-1);
        var after = Rotation.Decide(Row(), Attempt(5), now).Session!;
        Assert.True(Rotation.Ended(after, RevocationReason.Logout, now).AccessDeadAt >= Row().AccessExpiresAt);
    }

    [Fact]
    public void A_clock_that_is_behind_takes_no_retry_for_a_theft_and_gives_nobody_more_than_the_window()
    {
        Assert.Equal(RotationKind.Replay, Rotation.Decide(Row(), Attempt(4), Noon.AddSeconds(-10)).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(), Attempt(4), Noon.AddSeconds(-10).AddTicks(-1)).Kind);
        Assert.Equal(RotationKind.Replay, Rotation.Decide(Row(key: KeyA), Attempt(4, KeyA), Noon.AddHours(-1)).Kind);
    }

    [Fact]
    public void A_repeat_within_the_retry_window_gets_the_same_answer()
    {
        var decision = Rotation.Decide(Row(), Attempt(4), Soon);
        var (before, after) = (Row(), decision.Session!);
        Assert.Equal(RotationKind.Replay, decision.Kind);
        Assert.Equal(
            (before.Generation, before.AccessExpiresAt, before.RefreshExpiresAt, before.AdvancedAt),
            (after.Generation, after.AccessExpiresAt, after.RefreshExpiresAt, after.AdvancedAt)
        );
        Assert.Equal(1, after.Replays);
    }

    [Fact]
    public void A_repeat_is_not_early_even_under_reject() =>
        Assert.Equal(
            RotationKind.Replay,
            Rotation.Decide(Row(), Attempt(4, terms: Usual with { Early = EarlyRefresh.Reject }), Soon).Kind
        );

    [Fact]
    public void The_retry_window_ends_to_the_tick()
    {
        Assert.Equal(RotationKind.Replay, Rotation.Decide(Row(), Attempt(4), Noon.AddSeconds(10)).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(), Attempt(4), Noon.AddSeconds(10).AddTicks(1)).Kind);
    }

    [Fact]
    public void A_window_of_zero_is_strict_even_in_the_same_instant() =>
        Assert.Equal(
            RotationKind.Reuse,
            Rotation.Decide(Row(), Attempt(4, terms: Usual with { RetryWindow = TimeSpan.Zero }), Noon).Kind
        );

    [Fact]
    public void The_same_key_proves_a_repeat_for_a_day()
    {
        var longLived = Usual with { RefreshLifetime = TimeSpan.FromDays(14) };
        var row = Row(terms: longLived, key: KeyA);
        Assert.Equal(RotationKind.Replay, Rotation.Decide(row, Attempt(4, KeyA, longLived), Noon.AddHours(24)).Kind);
        Assert.Equal(
            RotationKind.Reuse,
            Rotation.Decide(row, Attempt(4, KeyA, longLived), Noon.AddHours(24).AddTicks(1)).Kind
        );
    }

    [Fact]
    public void After_a_refresh_with_a_key_a_repeat_with_another_key_is_a_thief() =>
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(key: KeyA), Attempt(4, KeyB), Soon).Kind);

    [Fact]
    public void After_a_refresh_with_a_key_a_repeat_without_one_is_a_thief_even_at_once() =>
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(key: KeyA), Attempt(4), Noon).Kind);

    [Fact]
    public void After_a_refresh_without_a_key_a_repeat_with_one_is_a_second_holder_even_at_once() =>
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(Row(), Attempt(4, KeyA), Noon).Kind);

    [Fact]
    public void A_session_that_has_sent_a_key_has_no_window_without_one()
    {
        var row = Rotation.Decide(Row(), Attempt(5, KeyA), Noon).Session!;
        Assert.True(row.SendsKeys);
        row = Rotation.Decide(row, Attempt(6), Noon).Session!;
        Assert.True(row.SendsKeys);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(row, Attempt(6), Noon).Kind);
    }

    [Theory]
    [InlineData(EarlyRefresh.Allow, RotationKind.KeyReused)]
    [InlineData(EarlyRefresh.Reject, RotationKind.TooEarly)]
    [InlineData(EarlyRefresh.Current, RotationKind.Current)]
    public void The_key_of_the_refresh_before_is_refused_and_nothing_is_consumed(EarlyRefresh early, RotationKind kind)
    {
        var decision = Rotation.Decide(Row(key: KeyA), Attempt(5, KeyA, Usual with { Early = early }), Later);
        Assert.Equal((kind, false), (decision.Kind, decision.Writes));
        Assert.Equal(RotationKind.Advance, Rotation.Decide(Row(key: KeyA), Attempt(5, KeyB), Later).Kind);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(0, 5)]
    public void A_token_two_generations_old_ends_the_session_even_at_once(uint generation, long distance)
    {
        var decision = Rotation.Decide(Row(), Attempt(generation, KeyA), Noon);
        Assert.Equal((RotationKind.Reuse, distance), (decision.Kind, decision.Distance));
        Assert.Equal(
            (RevocationReason.Reuse, Noon),
            (decision.Session!.RevokedFor!.Value, decision.Session.RevokedAt!.Value)
        );
        Assert.True(decision.Writes);
        Assert.False(decision.Grants);
    }

    [Fact]
    public void No_token_outlives_the_absolute_end()
    {
        var end = Later.AddMinutes(20);
        var after = Rotation.Decide(Row() with { EndsAt = end }, Attempt(5), Later).Session!;
        Assert.Equal((end, end), (after.AccessExpiresAt, after.RefreshExpiresAt));
    }

    [Fact]
    public void A_row_remembers_the_longest_access_token_it_ever_gave_so_that_a_revocation_outlasts_it()
    {
        var shorter = Usual with { AccessLifetime = TimeSpan.FromMinutes(5) };
        var after = Rotation
            .Decide(Row() with { LongestAccess = TimeSpan.FromHours(1) }, Attempt(5, terms: shorter), Later)
            .Session!;
        Assert.Equal(TimeSpan.FromHours(1), after.LongestAccess);
        Assert.Equal(Later.AddHours(1), Rotation.Ended(after, RevocationReason.Logout, Later).AccessDeadAt);
        Assert.Equal(TimeSpan.FromHours(1), Rotation.Decide(Row(), Attempt(5), Later).Session!.LongestAccess);
    }

    [Fact]
    public void A_fixed_end_is_not_moved_by_a_refresh()
    {
        var terms = Usual with { Sliding = false };
        var end = terms.EndOf(Noon);
        Assert.Equal(Noon.AddDays(1), end);
        var after = Rotation.Decide(Row() with { EndsAt = end }, Attempt(5, terms: terms), Later).Session!;
        Assert.Equal(end, after.RefreshExpiresAt);
    }

    [Theory]
    [InlineData("another", null)]
    [InlineData("test", "shop")]
    public void A_session_of_another_contract_or_client_is_foreign_and_untouched(string contract, string? client)
    {
        var decision = Rotation.Decide(
            Row() with
            {
                ClientId = null,
            },
            Attempt(3, terms: Usual with { Contract = contract }, client: client),
            Later
        );
        Assert.Equal(RotationKind.Foreign, decision.Kind);
        Assert.False(decision.Writes);
    }

    [Fact]
    public void A_clients_session_is_foreign_to_whoever_did_not_prove_to_be_the_client() =>
        Assert.Equal(RotationKind.Foreign, Rotation.Decide(Row() with { ClientId = "shop" }, Attempt(5), Later).Kind);

    [Fact]
    public void A_second_revocation_keeps_the_first_reason()
    {
        var once = Rotation.Ended(Row(), RevocationReason.Logout, Noon);
        Assert.Equal(once, Rotation.Ended(once, RevocationReason.ByOperator, Later));
    }

    [Fact]
    public void A_bound_row_is_moved_by_its_key_alone()
    {
        var row = Row() with { KeyThumbprint = "key" };

        Assert.Equal(RotationKind.OtherKey, Rotation.Decide(row, Attempt(5), Later).Kind);
        Assert.Equal(RotationKind.OtherKey, Rotation.Decide(row, Attempt(3), Later).Kind);
        Assert.Equal(RotationKind.OtherKey, Rotation.Decide(row, Shown(5, "other"), Later).Kind);
        Assert.Equal(RotationKind.Advance, Rotation.Decide(row, Shown(5, "key"), Later).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(row, Shown(3, "key"), Later).Kind);
        Assert.Equal(RotationKind.Advance, Rotation.Decide(Row(), Shown(5, "key"), Later).Kind);
    }

    [Fact]
    public void A_row_without_a_key_is_moved_by_no_client_that_has_to_have_one()
    {
        RefreshAttempt Bound(RefreshAttempt attempt) => attempt with { MustBeBound = true };

        Assert.Equal(RotationKind.Unbound, Rotation.Decide(Row(), Bound(Shown(5, "key")), Later).Kind);
        Assert.Equal(RotationKind.Unbound, Rotation.Decide(Row(), Bound(Shown(3, "key")), Later).Kind);
        var row = Row() with { KeyThumbprint = "key" };
        Assert.Equal(RotationKind.Advance, Rotation.Decide(row, Bound(Shown(5, "key")), Later).Kind);
    }

    [Fact]
    public void A_token_that_stays_moves_the_times_and_not_the_generation()
    {
        var row = Row() with { KeyThumbprint = "key" };
        var decision = Rotation.Decide(row, Shown(5, "key", Staying), Later);

        Assert.Equal((RotationKind.Advance, true), (decision.Kind, decision.KeepsToken));
        Assert.Equal(
            (5u, Later, Later.AddHours(1), Later.AddDays(1)),
            (
                decision.Session!.Generation,
                decision.Session.AdvancedAt,
                decision.Session.AccessExpiresAt,
                decision.Session.RefreshExpiresAt
            )
        );
    }

    [Fact]
    public void A_token_that_stays_is_repeated_by_its_key_and_older_ones_are_reuse()
    {
        var row = Row(key: KeyA) with { KeyThumbprint = "key" };
        RefreshAttempt With(byte[] key) => Shown(5, "key", Staying) with { KeyHash = key };

        var again = Rotation.Decide(row, With(KeyA), Later);
        Assert.Equal((RotationKind.Replay, Noon), (again.Kind, again.Session!.AdvancedAt));
        Assert.Equal(RotationKind.Advance, Rotation.Decide(row, With(KeyB), Later).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(row, Shown(3, "key", Staying), Later).Kind);
        Assert.Equal(RotationKind.Reuse, Rotation.Decide(row, Shown(4, "key", Staying), Later).Kind);
    }

    [Fact]
    public void A_token_that_whoever_bears_it_may_use_is_replaced_whatever_the_terms_say()
    {
        var free = Rotation.Decide(Row(), Attempt(5, terms: Staying), Later);
        var proven = Rotation.Decide(Row(), Attempt(5, terms: Staying) with { ClientProven = true }, Later);

        Assert.Equal((false, 6u), (free.KeepsToken, free.Session!.Generation));
        Assert.Equal((true, 5u), (proven.KeepsToken, proven.Session!.Generation));
    }

    private static Terms Staying { get; } = Usual with { Rotates = false };

    private static RefreshAttempt Shown(uint generation, string key, Terms? terms = null) =>
        Attempt(generation, terms: terms) with
        {
            KeyThumbprint = key,
        };
}
