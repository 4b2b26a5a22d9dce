using Microsoft.Extensions.Time.Testing;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Tests.Limits;

public sealed class LoginThrottleTests
{
    private const string Ada = "ADA@EXAMPLE.TEST";
    private const string Home = "192.0.2.1";
    private const string Elsewhere = "203.0.113.9";

    private readonly FakeTimeProvider time = new();
    private readonly LoginThrottle throttle;

    public LoginThrottleTests() => throttle = new LoginThrottle(new LoginThrottleSettings(), RandomSource.System, time);

    [Fact]
    public void Ten_wrong_passwords_and_the_next_has_to_wait()
    {
        Assert.Equal(10, Guess(Ada, Elsewhere, 30));

        var refusal = throttle.Check(Ada, Elsewhere, []).Refusal;
        Assert.Equal(RefusalCode.TooManyAttempts, refusal?.Code);
        Assert.Equal(90, refusal?.RetryAfterSeconds);
        time.Advance(refusal!.RetryAfter!.Value);
        Assert.Null(throttle.Check(Ada, Elsewhere, []).Refusal);
    }

    [Fact]
    public void An_attack_from_elsewhere_does_not_touch_the_owner()
    {
        Guess(Ada, Elsewhere, 1000);

        Assert.NotNull(throttle.Check(Ada, Elsewhere, []).Refusal);
        for (var i = 0; i < 100; i++)
        {
            throttle.PutBack(Passed(Ada, Home));
        }
    }

    [Fact]
    public void One_password_tried_on_many_accounts_meets_the_limit_of_the_network()
    {
        var taken = Enumerable.Range(0, 500).Sum(i => Guess($"USER{i}@EXAMPLE.TEST", Elsewhere, 1));

        Assert.Equal(100, taken);
        Assert.Null(throttle.Check(Ada, Home, []).Refusal);
    }

    [Fact]
    public void Under_siege_from_many_networks_each_has_one_attempt_at_a_time_and_the_owner_always_has_his()
    {
        Besiege(Ada);

        Assert.Equal(1, Guess(Ada, Elsewhere, 10));
        for (var i = 0; i < 100; i++)
        {
            throttle.PutBack(Passed(Ada, Home));
        }

        // One typo under siege, and the owner waits for a share of the window, no longer.
        Assert.Equal(1, Guess(Ada, Home, 1));
        time.Advance(throttle.Check(Ada, Home, []).Refusal!.RetryAfter!.Value);
        Assert.Null(throttle.Check(Ada, Home, []).Refusal);
    }

    [Fact]
    public void What_the_owner_has_is_let_through_beside_the_siege_side_by_side()
    {
        Besiege(Ada);

        var tickets = Enumerable.Range(0, 6).Select(_ => Passed(Ada, Home, "device")).ToList();
        tickets.ForEach(ticket => Assert.Null(throttle.Succeeded(ticket)));
        tickets = [.. Enumerable.Range(0, 6).Select(_ => Passed(Ada, Home, "device"))];
        tickets.ForEach(throttle.PutBack);
    }

    [Fact]
    public void What_is_let_through_beside_the_siege_is_no_way_to_guess()
    {
        Besiege(Ada);

        Assert.Equal(10, Guess(Ada, Home, 30, "device"));
        Assert.Equal(10, Guess(Ada, "192.0.2.2", 30, "device", "network"));
        Assert.Equal(1, Guess(Ada, "192.0.2.3", 30, "device", "network"));
    }

    [Fact]
    public void A_siege_of_one_account_is_not_felt_by_another()
    {
        for (var i = 0; i < 200; i++)
        {
            Guess(Ada, $"198.51.100.{i}", 1);
        }

        Assert.Equal(10, Guess("BOB@EXAMPLE.TEST", Home, 30));
    }

    [Fact]
    public void An_unknown_account_is_limited_as_a_known_one_is() =>
        Assert.Equal(10, Guess("NOBODY@EXAMPLE.TEST", Elsewhere, 30));

    [Fact]
    public void Side_by_side_no_more_guesses_get_through_than_one_after_another()
    {
        var through = 0;
        Parallel.For(
            0,
            1000,
            _ =>
            {
                if (throttle.Check(Ada, Elsewhere, []).Refusal is null)
                {
                    Interlocked.Increment(ref through);
                }
            }
        );

        Assert.Equal(10, through);
    }

    [Fact]
    public void What_was_not_decided_costs_nothing()
    {
        for (var i = 0; i < 1000; i++)
        {
            throttle.PutBack(Passed(Ada, Home));
        }
    }

    /// <summary>
    /// Two attempts side by side in peace: only the first took the one of a siege, and the second must not give it
    /// back.
    /// </summary>
    [Fact]
    public void What_an_attempt_never_took_it_does_not_give_back()
    {
        var wrong = Passed(Ada, Elsewhere);
        var right = Passed(Ada, Elsewhere);
        throttle.Failed(wrong);
        throttle.PutBack(right);
        Besiege(Ada);

        Assert.NotNull(throttle.Check(Ada, Elsewhere, []).Refusal);
    }

    [Fact]
    public void An_attempt_that_was_refused_costs_its_network_nothing()
    {
        Guess(Ada, Elsewhere, 1000);

        var others = Enumerable.Range(0, 500).Sum(i => Guess($"USER{i}@EXAMPLE.TEST", Elsewhere, 1));

        Assert.Equal(100 - 10, others);
    }

    [Fact]
    public void An_attempt_that_a_siege_refused_costs_its_network_nothing()
    {
        Besiege(Ada);
        Guess(Ada, Elsewhere, 1000);

        var others = Enumerable.Range(0, 500).Sum(i => Guess($"USER{i}@EXAMPLE.TEST", Elsewhere, 1));

        Assert.Equal(100 - 1, others);
    }

    /// <summary>So many wrong passwords from all over the world that each network has one attempt at a time.</summary>
    private void Besiege(string email)
    {
        for (var i = 0; i < 100; i++)
        {
            Guess(email, $"198.51.100.{i}", 1);
        }
    }

    private LoginTicket Passed(string email, string network, params string[] passes)
    {
        var ticket = throttle.Check(email, network, passes);
        Assert.Null(ticket.Refusal);
        return ticket;
    }

    /// <summary>Wrong passwords, as often as they are let through.</summary>
    private int Guess(string email, string network, int times, params string[] passes)
    {
        var through = 0;
        for (var i = 0; i < times; i++)
        {
            var ticket = throttle.Check(email, network, passes);
            if (ticket.Refusal is null)
            {
                throttle.Failed(ticket);
                through++;
            }
        }

        return through;
    }
}
