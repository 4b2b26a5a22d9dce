using Turnstone.Audit;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A refresh that waits for its decision and for the commit that makes it true.</summary>
internal sealed class PendingRotation(RefreshAttempt attempt, Func<RotationDecision, AuditEntry> entry, TimeProvider time, CancellationToken cancellationToken)
    : Pending(cancellationToken)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly long asked = time.GetTimestamp();
    private readonly TaskCompletionSource<RotationDecision> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RotationDecision? decision;

    public SessionId Session => attempt.Token.Session;

    public Task<RotationDecision> Task => answer.Task;

    /// <summary>Decides on the row as it is or as an earlier attempt of the batch leaves it; answers the audit entry that the decision asks for.</summary>
    public (RotationDecision Decision, AuditEntry? Entry) Decide(Session? row, DateTimeOffset now)
    {
        decision = Rotation.Decide(row, attempt, now);
        var alarming = decision.Kind is RotationKind.Reuse || (decision.Kind is RotationKind.Advance && decision.Distance < 0);
        return (decision, alarming ? entry(decision) : null);
    }

    /// <summary>
    /// After so long (a database that hung, a node that was paused) the client may have asked another node and moved on: decided now, its token would be one of the past, and end the session.
    /// </summary>
    public override bool Late => answer.Task.IsCompleted || time.GetElapsedTime(asked) > Patience;

    public override void Answer() => answer.TrySetResult(decision!);

    public override void Fail(Exception reason) => answer.TrySetException(reason);
}
