using Turnstone.Credentials.Passwords;
using Turnstone.Limits;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> queue = new(64);

    [Fact]
    public void Within_one_share_it_is_first_come_first_served()
    {
        Add("192.0.2.1", "ada", "1", "2", "3");

        Assert.Equal(["1", "2", "3"], Take(3));
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void Networks_take_turns_and_so_do_the_accounts_in_one()
    {
        Add("192.0.2.1", "ada", "a1", "a2", "a3");
        Add("192.0.2.1", "bob", "b1");
        Add("192.0.2.2", "cy", "c1", "c2");

        Assert.Equal(["a1", "c1", "b1", "c2", "a2", "a3"], Take(6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void Who_did_not_wait_is_next_however_many_networks_wait(int networks)
    {
        for (var i = 0; i < 60; i++)
        {
            Add($"198.51.100.{i % networks}", $"account {i}", $"crowd {i}");
        }

        _ = Take(networks);
        for (var i = 0; i < networks; i++)
        {
            Add($"198.51.100.{i}", "again", $"again {i}");
        }

        Add("192.0.2.1", "ada", "ada");

        Assert.Equal("ada", Take(1).Single());
    }

    [Fact]
    public void One_who_comes_again_at_once_waits_for_his_turn()
    {
        Add("192.0.2.1", "ada", "a1", "a2", "a3", "a4");
        Add("192.0.2.2", "bob", "b1");
        Assert.Equal(["a1", "b1"], Take(2));

        Add("192.0.2.2", "bob", "b2");

        Assert.Equal(["a2", "b2"], Take(2));
    }

    [Fact]
    public void Ever_new_networks_do_not_keep_out_those_that_wait()
    {
        Add("192.0.2.1", "ada", "a1", "a2", "a3");
        _ = Take(1);
        for (var i = 0; i < 50; i++)
        {
            Add($"198.51.100.{i}", "new", $"new {i}");
        }

        Assert.Contains("a2", Take(6));
    }

    [Fact]
    public void When_it_is_full_a_newcomer_takes_the_last_place_of_the_largest_share()
    {
        Add("192.0.2.1", "few", "f1", "f2");
        Add("192.0.2.1", "many", [.. Enumerable.Range(0, 62).Select(i => $"m{i}")]);

        Assert.True(queue.TryAdd(Path("192.0.2.2", "ada"), "ada", out var pushedOut));
        Assert.Equal("m61", pushedOut);
        Assert.Equal(64, queue.Count);
        Assert.Contains("ada", Take(2));
    }

    [Fact]
    public void When_it_is_full_the_largest_share_itself_is_refused()
    {
        Add("192.0.2.1", "ada", [.. Enumerable.Range(0, 60).Select(i => $"a{i}")]);
        Add("192.0.2.2", "bob", "b0", "b1", "b2", "b3");

        Assert.False(queue.TryAdd(Path("192.0.2.1", "ada"), "late", out var pushedOut));
        Assert.Null(pushedOut);
        Assert.Equal(64, Take(64).Count);
    }

    [Fact]
    public void In_a_crowded_network_an_account_of_its_own_finds_a_place()
    {
        Add("192.0.2.1", "ada", [.. Enumerable.Range(0, 64).Select(i => $"a{i}")]);

        Assert.True(queue.TryAdd(Path("192.0.2.1", "bob"), "bob", out var pushedOut));
        Assert.Equal("a63", pushedOut);
    }

    [Fact]
    public void When_all_have_one_place_nobody_takes_it_from_another()
    {
        for (var i = 0; i < 64; i++)
        {
            Add($"198.51.100.{i}", "one", $"{i}");
        }

        Assert.False(queue.TryAdd(Path("192.0.2.1", "ada"), "ada", out _));
    }

    [Fact]
    public void Who_was_served_before_is_refused_as_a_newcomer_is_when_all_have_one_place()
    {
        Add("192.0.2.1", "ada", "before");
        _ = Take(1);
        for (var i = 0; i < 64; i++)
        {
            Add($"198.51.100.{i}", "one", $"{i}");
        }

        Assert.False(queue.TryAdd(Path("192.0.2.1", "ada"), "ada", out _));
        Assert.Equal(64, Take(65).Count);
    }

    /// <summary>Every call against a list of what must be there, in any order of calls.</summary>
    [Fact]
    public void Nothing_is_lost_and_nothing_is_given_twice_whatever_comes()
    {
        var state = 20311u;
        HashSet<string> waiting = [];
        for (var i = 0; i < 20_000; i++)
        {
            if (Next(100) < 55)
            {
                var path = Path($"2001:db8:{Next(3)}:{Next(3)}::1", $"account {Next(4)}");
                if (queue.TryAdd(path, $"{i}", out var pushedOut))
                {
                    waiting.Add($"{i}");
                    Assert.True(pushedOut is null || waiting.Remove(pushedOut));
                }
            }
            else if (queue.TryTake(out var item))
            {
                Assert.True(waiting.Remove(item));
            }

            Assert.Equal(waiting.Count, queue.Count);
        }

        Assert.Equal(waiting.Count, Take(64).Count);

        int Next(int below)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            return (int)(state >> 16) % below;
        }
    }

    [Fact]
    public void A_site_or_a_provider_with_many_ipv6_prefixes_has_one_share()
    {
        for (var i = 0; i < 50; i++)
        {
            Add($"2001:db8:1:{i:x}::1", "many", $"site {i}");
        }

        _ = Take(1);
        Add("2001:db8:2::1", "ada", "neighbour");
        Add("192.0.2.1", "bob", "elsewhere");

        Assert.Equal(["elsewhere", "neighbour"], Take(2));
    }

    private static IReadOnlyList<string> Path(string network, string account) =>
        [.. NetworkPrefix.Nested(network), account];

    private void Add(string network, string account, params IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            Assert.True(queue.TryAdd(Path(network, account), item, out _));
        }
    }

    private List<string> Take(int count)
    {
        List<string> taken = [];
        while (taken.Count < count && queue.TryTake(out var item))
        {
            taken.Add(item);
        }

        return taken;
    }
}
