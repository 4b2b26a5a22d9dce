using BenchmarkDotNet.Attributes;
using Turnstone.Sessions;

namespace Turnstone.Micro;

/// <summary>The decision of a refresh by itself: a pure function.</summary>
public class RotationCases
{
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private Session row = null!;
    private RefreshAttempt present = null!;
    private RefreshAttempt last = null!;
    private RefreshAttempt past = null!;

    [GlobalSetup]
    public void SetUp()
    {
        row = Rows.New(now, generation: 7);
        present = Rows.Attempt(row, 7);
        last = Rows.Attempt(row, 6);
        past = Rows.Attempt(row, 3);
        Require(Advance(), RotationKind.Advance);
        Require(Replay(), RotationKind.Replay);
        Require(Reuse(), RotationKind.Reuse);
    }

    [Benchmark]
    public RotationDecision Advance() => Rotation.Decide(row, present, now);

    [Benchmark]
    public RotationDecision Replay() => Rotation.Decide(row, last, now);

    [Benchmark]
    public RotationDecision Reuse() => Rotation.Decide(row, past, now);

    private static void Require(RotationDecision decision, RotationKind kind)
    {
        if (decision.Kind != kind)
        {
            throw new InvalidOperationException($"The case for {kind} measures {decision.Kind}.");
        }
    }
}
