using Microsoft.Extensions.Time.Testing;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Tests.Limits;

/// <summary>Measures the whole process's memory, so it runs by itself.</summary>
[CollectionDefinition(nameof(ThrottleMemoryTests), DisableParallelization = true)]
[Collection(nameof(ThrottleMemoryTests))]
public sealed class ThrottleMemoryTests
{
    [Fact]
    public void The_memory_of_a_throttle_that_few_keys_use_is_small()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var throttle = new Throttle(
            new RateLimit(5, TimeSpan.FromMinutes(1)),
            RandomSource.System,
            new FakeTimeProvider()
        );
        for (var i = 0; i < 100; i++)
        {
            throttle.Take($"network {i}");
            throttle.Wait($"other {i}");
        }

        // All its slots are a million bytes; those who only ask get none.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 150_000);
        GC.KeepAlive(throttle);
    }

    [Fact]
    public void The_memory_of_a_throttle_does_not_grow_with_the_keys_it_has_seen()
    {
        var throttle = new Throttle(
            new RateLimit(5, TimeSpan.FromMinutes(1)),
            RandomSource.System,
            new FakeTimeProvider()
        );
        throttle.Take("first");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 300_000; i++)
        {
            throttle.Take($"network {i}");
        }

        // A dictionary of so many would hold some twenty million bytes.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 2_000_000);
        GC.KeepAlive(throttle);
    }
}
