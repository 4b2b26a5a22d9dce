namespace Turnstone.Chaos.Faults;

/// <summary>
/// Faults by chance: a pure function of the seed and the request's number, so that a seed repeats them.
/// </summary>
/// <param name="seed">The seed; whoever uses it prints it.</param>
/// <param name="percent">How many requests in a hundred meet one.</param>
/// <param name="longestDelay">The longest delay in milliseconds.</param>
internal sealed class SeededFaults(ulong seed, int percent, int longestDelay = 200) : IFaultPlan
{
    private static readonly FaultKind[] Kinds =
    [
        FaultKind.DropRequest,
        FaultKind.DropAnswer,
        FaultKind.TruncateRequest,
        FaultKind.TruncateAnswer,
        FaultKind.DelayRequest,
        FaultKind.DelayAnswer,
        FaultKind.DuplicateRequest,
        FaultKind.RepeatRequest,
        FaultKind.ReorderRequest,
        FaultKind.ReorderAnswer,
        FaultKind.BrokenGateway,
        FaultKind.DuplicateAnswer,
    ];

    public Fault For(long number, RequestKind kind)
    {
        var chance = Mix(seed ^ Mix((ulong)number));
        return chance % 100 >= (ulong)percent
            ? Fault.None
            : new(
                Kinds[(chance >> 8) % (ulong)Kinds.Length],
                (int)((chance >> 32) % (ulong)longestDelay),
                (ushort)Mix(chance)
            );
    }

    // SplitMix64.
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
