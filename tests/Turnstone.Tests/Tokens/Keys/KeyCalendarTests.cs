using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>
/// The calendar's table. Times are hours since the first key began to sign; the rotation period is 90 days, which is
/// 2160 hours.
/// </summary>
public sealed class KeyCalendarTests
{
    private const double Period = 90 * 24;
    private const double Lead = 25;

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Keep =
        TimeSpan.FromHours(1) + AccessTokenLimits.LongestLifetime + TimeSpan.FromSeconds(10);

    [Fact]
    public void A_successor_is_known_for_a_day_and_a_nodes_lag_before_it_signs() =>
        Assert.Equal(TimeSpan.FromHours(24) + TimeSpan.FromHours(1), KeyCalendar.Lead);

    [Fact]
    public void A_first_key_is_due_at_once() => Assert.Equal(At(5), Due(5));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Period - Lead - 0.001)]
    public void Nothing_is_due_while_the_signing_key_is_young(double now) => Assert.Null(Due(now, Key("a", 0)));

    [Fact]
    public void A_successor_is_due_a_lead_before_the_handover_and_signs_from_there() =>
        Assert.Equal(At(Period), Due(Period - Lead, Key("a", 0)));

    [Theory]
    [InlineData(Period - 10)]
    [InlineData(Period)]
    [InlineData(5 * Period)]
    public void A_successor_that_is_late_still_gets_its_whole_lead(double now) =>
        Assert.Equal(At(now + Lead), Due(now, Key("a", 0)));

    [Fact]
    public void Nothing_more_is_due_while_a_successor_waits() =>
        Assert.Null(Due(Period - 5, Key("a", 0), Key("b", Period)));

    [Fact]
    public void A_retired_successor_is_made_again() =>
        Assert.Equal(At(Period - 5 + Lead), Due(Period - 5, Key("a", 0), Key("b", Period, retired: Period - 6)));

    [Fact]
    public void A_key_is_due_at_once_when_all_that_signed_are_retired() =>
        Assert.Equal(At(50), Due(50, Key("a", 0, retired: 40)));

    [Fact]
    public void Nothing_is_due_where_a_clock_that_was_set_back_leaves_keys_whose_time_has_not_come() =>
        Assert.Null(Due(50, Key("a", 60)));

    [Fact]
    public void Each_algorithm_has_its_own_calendar() =>
        Assert.Equal(At(5), Due(5, Key("a", 0) with { Algorithm = SigningAlgorithm.RS256 }));

    [Theory]
    [InlineData(99.9, "a")]
    [InlineData(100, "b")]
    [InlineData(101, "b")]
    public void The_newest_key_whose_time_has_come_signs(double now, string kid) =>
        Assert.Equal(kid, KeyCalendar.Signing([Key("b", 100), Key("a", 0)], SigningAlgorithm.ES256, At(now))?.Kid);

    [Fact]
    public void Where_the_time_of_none_has_come_the_next_signs_and_the_one_after_it_waits()
    {
        SigningKeyRecord[] keys = [Key("c", 200), Key("b", 100), Key("a", 50, retired: 60)];

        Assert.Equal("b", KeyCalendar.Signing(keys, SigningAlgorithm.ES256, At(10))?.Kid);
        Assert.Equal("c", KeyCalendar.Waiting(keys, SigningAlgorithm.ES256, At(10))?.Kid);
        Assert.Null(KeyCalendar.Waiting(keys[1..], SigningAlgorithm.ES256, At(10)));
    }

    [Fact]
    public void A_retired_key_never_signs()
    {
        SigningKeyRecord[] keys = [Key("a", 0), Key("b", 100, retired: 150)];

        Assert.Equal("a", KeyCalendar.Signing(keys, SigningAlgorithm.ES256, At(160))?.Kid);
    }

    [Fact]
    public void Of_two_keys_of_one_moment_every_node_takes_the_same()
    {
        SigningKeyRecord a = Key("a", 0),
            b = Key("b", 0);

        Assert.Equal(b, KeyCalendar.Signing([a, b], SigningAlgorithm.ES256, At(1)));
        Assert.Equal(b, KeyCalendar.Signing([b, a], SigningAlgorithm.ES256, At(1)));
        Assert.NotNull(KeyCalendar.EndOf(a, [a, b]));
        Assert.Null(KeyCalendar.EndOf(b, [a, b]));
    }

    [Fact]
    public void A_key_without_successor_has_no_end() => Assert.Null(End(Key("a", 0), Key("a", 0)));

    [Fact]
    public void A_key_ends_when_the_last_token_it_signed_has_died() =>
        Assert.Equal(At(100) + Keep, End(Key("a", 0), Key("a", 0), Key("b", 100), Key("c", 300)));

    [Fact]
    public void A_successor_that_was_retired_before_it_signed_took_nothing_over() =>
        Assert.Equal(At(300) + Keep, End(Key("a", 0), Key("a", 0), Key("b", 100, retired: 90), Key("c", 300)));

    [Fact]
    public void A_successor_that_signed_and_was_retired_did_take_over() =>
        Assert.Equal(At(100) + Keep, End(Key("a", 0), Key("a", 0), Key("b", 100, retired: 150), Key("c", 150)));

    [Fact]
    public void A_retired_key_stays_in_the_list_as_long_as_its_tokens_could_have_lived()
    {
        var retired = Key("a", 0, retired: 40);

        Assert.Equal(At(40) + Keep, End(retired, retired, Key("b", 40)));
        Assert.Equal(At(40) + Keep, End(retired, retired));
    }

    [Fact]
    public void Another_algorithms_key_succeeds_nobody() =>
        Assert.Null(End(Key("a", 0), Key("a", 0), Key("b", 100) with { Algorithm = SigningAlgorithm.RS256 }));

    [Fact]
    public void A_period_in_which_no_successor_could_become_known_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyCalendar { RotationPeriod = TimeSpan.FromHours(47) });

    private static DateTimeOffset At(double hours) => Start.AddHours(hours);

    private static SigningKeyRecord Key(string kid, double signsFrom, double? retired = null) =>
        new(kid, SigningAlgorithm.ES256, [], At(signsFrom), At(signsFrom), retired is { } hours ? At(hours) : null);

    private static DateTimeOffset? Due(double now, params SigningKeyRecord[] keys) =>
        new KeyCalendar().Due(keys, SigningAlgorithm.ES256, At(now));

    private static DateTimeOffset? End(SigningKeyRecord key, params SigningKeyRecord[] keys) =>
        KeyCalendar.EndOf(key, keys);
}
