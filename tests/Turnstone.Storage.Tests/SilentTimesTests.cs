using Microsoft.Extensions.Time.Testing;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Tests;

public sealed class SilentTimesTests
{
    private static readonly DateTimeOffset Noon = new(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Noon);
    private readonly SilentTimes silent;

    public SilentTimesTests() => silent = new SilentTimes(time);

    [Fact]
    public void It_begins_with_what_was_asked_and_failed_and_ends_with_the_next_answer()
    {
        Assert.Equal(TimeSpan.Zero, silent.Between(Noon, At(1000)));
        time.SetUtcNow(At(5));
        silent.Failed(At(2));
        time.SetUtcNow(At(30));
        silent.Answered();
        silent.Answered();

        Assert.Equal(Seconds(28), silent.Between(Noon, At(1000)));
        Assert.Equal(Seconds(20), silent.Between(At(10), At(1000)));
        Assert.Equal(Seconds(1), silent.Between(Noon, At(3)));
        Assert.Equal(TimeSpan.Zero, silent.Between(At(30), At(1000)));
    }

    [Fact]
    public void While_it_lasts_it_has_no_end()
    {
        silent.Failed(At(2));
        silent.Failed(At(1));

        Assert.Equal(Seconds(999), silent.Between(Noon, At(1000)));
    }

    /// <summary>One that waited for a lock while others were answered.</summary>
    [Fact]
    public void Of_what_was_asked_before_the_last_answer_the_time_since_that_answer_counts()
    {
        time.SetUtcNow(At(50));
        silent.Answered();
        silent.Failed(At(2));

        Assert.Equal(Seconds(50), silent.Between(Noon, At(100)));
    }

    [Fact]
    public void One_that_begins_within_another_goes_on_with_it_and_one_after_it_is_another()
    {
        Silence(1, 10);
        Silence(9, 20);
        Silence(30, 35);

        Assert.Equal(Seconds(19 + 5), silent.Between(Noon, At(1000)));
    }

    [Fact]
    public void A_store_that_comes_and_goes_all_day_takes_a_place_for_the_last_of_it_alone()
    {
        for (var i = 0; i < 1000; i++)
        {
            Silence(i * 10, (i * 10) + 1);
        }

        Assert.Equal(Seconds(1), silent.Between(At(9990), At(10_000)));
        Assert.Equal(Seconds(30), silent.Between(At(9700), At(10_000)));
        Assert.True(silent.Between(Noon, At(10_000)) >= Seconds(1000));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static DateTimeOffset At(int seconds) => Noon.AddSeconds(seconds);

    private void Silence(int from, int to)
    {
        silent.Failed(At(from));
        if (At(to) > time.GetUtcNow())
        {
            time.SetUtcNow(At(to));
        }

        silent.Answered();
    }
}
