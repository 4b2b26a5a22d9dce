using Turnstone.Chaos.Faults;

namespace Turnstone.Clients.Tests;

/// <summary>The faults of the proxy are what its seed says, and cut messages anywhere.</summary>
public sealed class SeededFaultsTests
{
    private const int Many = 100_000;

    [Fact]
    public void A_seed_repeats_its_faults_in_whatever_order_they_are_asked_for()
    {
        var first = Faults(new SeededFaults(11, percent: 60));
        var again = new SeededFaults(11, percent: 60);
        var backwards = Enumerable.Range(1, Many).Reverse().Select(number => again.For(number, RequestKind.Call));
        Assert.Equal(first, backwards.Reverse());
        Assert.NotEqual(first, Faults(new SeededFaults(12, percent: 60)));
        Assert.InRange(first.Count(fault => fault != Fault.None), Many * 58 / 100, Many * 62 / 100);
        Assert.Equal(13, first.Select(fault => fault.Kind).Distinct().Count());
    }

    [Theory]
    [InlineData(nameof(FaultKind.TruncateRequest))]
    [InlineData(nameof(FaultKind.TruncateAnswer))]
    public void A_message_is_cut_at_every_point_from_nothing_to_its_last_byte(string kind)
    {
        var message = new byte[400];
        var lengths = Faults(new SeededFaults(11, percent: 100))
            .Where(fault => fault.Kind == Enum.Parse<FaultKind>(kind))
            .Select(fault => fault.FirstPart(message).Length);
        Assert.Equal(Enumerable.Range(0, message.Length), lengths.Distinct().Order());
    }

    [Fact]
    public void A_fault_of_the_table_cuts_in_the_middle() =>
        Assert.Equal(200, Fault.Parse("truncate-answer").FirstPart(new byte[400]).Length);

    private static Fault[] Faults(SeededFaults plan) =>
        [.. Enumerable.Range(1, Many).Select(number => plan.For(number, RequestKind.Call))];
}
