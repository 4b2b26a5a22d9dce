using Turnstone.Storage;

namespace Turnstone.Storage.Engines;

/// <summary>Something good once that waits to be spent; its answer is whether nobody had spent it before.</summary>
internal sealed class PendingSpending(Spending spending, CancellationToken cancellationToken)
    : Pending<bool>(cancellationToken)
{
    public Spending Spending => spending;

    public bool First { get; set; }

    public override void Answer() => Answer(First);
}
