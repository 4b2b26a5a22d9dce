using Turnstone.Server.Hosting;

namespace Turnstone.Server.Tests.Hosting;

public sealed class HeapWatchTests
{
    private readonly HeapWatch watch = new();

    [Fact]
    public void It_is_due_once_after_a_rush_and_not_in_one()
    {
        Assert.False(watch.IsDue(HeapWatch.Worth));
        Assert.False(watch.IsDue(2 * HeapWatch.Worth));
        Assert.True(watch.IsDue(2 * HeapWatch.Worth));
        Assert.False(watch.IsDue(2 * HeapWatch.Worth));
    }

    [Fact]
    public void What_is_allocated_little_by_little_counts_too()
    {
        var times = Enumerable.Range(1, 16).Count(i => watch.IsDue(i * HeapWatch.Quiet));
        Assert.Equal(2, times);
    }

    [Fact]
    public void A_server_that_does_nothing_compacts_nothing() =>
        Assert.All(Enumerable.Range(0, 10), _ => Assert.False(watch.IsDue(HeapWatch.Quiet)));
}
