using Microsoft.Extensions.Time.Testing;
using Turnstone.AspNetCore.Dpop;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>What a guard remembers of proofs, and that nobody fills it for the others.</summary>
public sealed class SpentProofsTests
{
    private const int Most = 1_000;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(90);

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_proof_is_taken_once_for_as_long_as_it_could_be_taken_again()
    {
        var spent = new SpentProofs(time, Life, Most);

        // In the middle of what it keeps together: the next begins while this one matters.
        time.Advance(Life / 2);
        Assert.True(spent.Spend("key", "id"));
        Assert.True(spent.Spend("other key", "id"));
        for (var waited = TimeSpan.Zero; waited < Life; waited += TimeSpan.FromSeconds(10))
        {
            Assert.False(spent.Spend("key", "id"));
            time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public void Who_fills_it_is_refused_and_nobody_else_is()
    {
        var spent = new SpentProofs(time, Life, Most);
        var taken = Enumerable.Range(0, 5 * Most).Count(i => spent.Spend("filler", $"{i}"));
        Assert.Equal(Most, taken);

        // Each of the others has its share, and none a proof twice.
        for (var key = 0; key < 20; key++)
        {
            for (var i = 0; i < 40; i++)
            {
                Assert.True(spent.Spend($"key {key}", $"{i}"));
                Assert.False(spent.Spend($"key {key}", $"{i}"));
            }
        }

        Assert.False(spent.Spend("filler", "one more"));
        time.Advance(Life);
        Assert.True(spent.Spend("filler", "of the next time"));
        Assert.False(spent.Spend("key 1", "1"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    public void However_many_keys_there_are_it_holds_no_more_than_twice_its_room(int keys)
    {
        // One after another, each as much as it can get.
        var spent = new SpentProofs(time, Life, Most);
        var taken = 0;
        for (var key = 0; key < keys; key++)
        {
            taken += Enumerable.Range(0, 2 * Most).Count(i => spent.Spend($"key {key}", $"{i}"));
        }

        Assert.InRange(taken, Most, 2 * Most);
    }
}
