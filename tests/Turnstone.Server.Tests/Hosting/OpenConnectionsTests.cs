using Microsoft.Extensions.Time.Testing;
using Turnstone.Server.Hosting.Connections;

namespace Turnstone.Server.Tests.Hosting;

public sealed class OpenConnectionsTests : IDisposable
{
    private static readonly TimeSpan FirstRequest = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider time = new();
    private readonly OpenConnections connections;
    private readonly List<string> closed = [];

    public OpenConnectionsTests() => connections = new(new ConnectionBounds(10, 4, FirstRequest), time);

    [Fact]
    public void Above_the_bound_of_an_address_its_own_oldest_idle_one_is_closed()
    {
        var first = Open("a", "a1");
        Open("b", "b1");
        Open("a", "a2");
        Open("a", "a3");
        Open("a", "a4");
        Use(first);

        Open("a", "a5");

        Assert.Equal(["a2"], closed);
        Assert.Equal(5, connections.Count);
    }

    [Fact]
    public void An_address_whose_connections_are_all_busy_is_refused_the_next()
    {
        for (var i = 0; i < 4; i++)
        {
            Open("a", $"a{i}").Begin();
        }

        Assert.False(connections.TryAdd(New("a", "a5")));
        Assert.True(connections.TryAdd(New("b", "b1")));
        Assert.Empty(closed);
    }

    [Fact]
    public void Above_the_bound_of_all_the_address_with_the_most_gives_up_its_oldest_idle_one()
    {
        Open("b", "b1");
        Open("c", "c1");
        Fill("a", 4);
        Fill("d", 3);
        Open("e", "e1");

        Open("f", "f1");

        Assert.Equal(["a0"], closed);
        Assert.Equal(10, connections.Count);
    }

    [Fact]
    public void Busy_connections_of_many_keep_nobody_out_who_has_fewer()
    {
        Fill("a", 4, busy: true);
        Fill("b", 4, busy: true);
        Fill("c", 2, busy: true);

        Open("d", "d1");
        Assert.Equal(["a0"], closed);
        Assert.False(connections.TryAdd(New("b", "b5")));
    }

    [Fact]
    public void A_trusted_proxy_has_no_bound_of_its_own_and_gives_up_its_connections_last()
    {
        Fill("proxy", 9, trusted: true);
        Open("a", "a1");

        Open("b", "b1");
        Assert.Equal(["a1"], closed);

        connections.Remove(Last);
        Open("proxy", "proxy10", trusted: true);
        Open("c", "c1");
        Assert.Equal(["a1", "proxy0"], closed);
    }

    [Fact]
    public void One_that_sends_no_request_is_closed_after_a_short_time_and_one_that_did_is_not()
    {
        Use(Open("a", "a1"));
        Open("a", "a2");
        Open("proxy", "proxy1", trusted: true);
        time.Advance(FirstRequest / 2);
        Open("b", "b1");
        Assert.Empty(closed);

        time.Advance(FirstRequest / 2);
        Assert.Equal(["a2"], closed);
        time.Advance(FirstRequest / 2);
        Assert.Equal(["a2", "b1"], closed);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["a2", "b1"], closed);
    }

    [Fact]
    public void One_that_has_gone_leaves_its_place()
    {
        Fill("a", 4);
        connections.Remove(Last);
        connections.Remove(Last);

        Open("a", "a5");
        Assert.Empty(closed);
        Assert.Equal(4, connections.Count);
    }

    public void Dispose() => connections.Dispose();

    private OpenConnection Last { get; set; } = null!;

    private void Fill(string address, int count, bool busy = false, bool trusted = false)
    {
        for (var i = 0; i < count; i++)
        {
            var connection = Open(address, $"{address}{i}", trusted);
            if (busy)
            {
                connection.Begin();
            }
        }
    }

    private OpenConnection Open(string address, string name, bool trusted = false)
    {
        time.Advance(TimeSpan.FromMilliseconds(1));
        var connection = New(address, name, trusted);
        Assert.True(connections.TryAdd(connection));
        return Last = connection;
    }

    private OpenConnection New(string address, string name, bool trusted = false) =>
        new(address, trusted, () => closed.Add(name), time);

    private void Use(OpenConnection connection)
    {
        connection.Begin();
        time.Advance(TimeSpan.FromMilliseconds(1));
        connection.End();
    }
}
