using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A refresh that waits for its decision and for the commit that makes it true.</summary>
internal sealed class PendingRotation(
    RefreshAttempt attempt,
    Func<RotationDecision, AuditEntry> entry,
    SilentTimes silent,
    TimeProvider time,
    CancellationToken cancellationToken
) : PendingSession<RotationDecision>(time, cancellationToken)
{
    private RotationDecision? decision;

    /// <summary>
    /// Nobody waits for the answer. After a node has stood still its requests are told that only once their end was
    /// read, which may be after they were decided: so the connection is asked.
    /// </summary>
    public override bool Abandoned => base.Abandoned || attempt.HasLeft();

    public SessionId Session => attempt.Token.Session;

    /// <summary>What the attempt spends; null for nothing, or where a commit before has done so for it.</summary>
    public Spending? Proof { get; private set; } = attempt.Proof;

    /// <summary>
    /// The proof was spent in a commit that has decided others; this attempt is decided again. One that came with
    /// another request before stays a repeat.
    /// </summary>
    public void KeepProof() => Proof = decision is { Kind: RotationKind.ProofRepeated } ? Proof : null;

    /// <summary>
    /// Whether its proof is spent: not for what the row refuses anyway. Somebody with a token that is good for nothing
    /// would fill the table.
    /// </summary>
    public bool Spends(Session? row) =>
        Proof is not null
        && !Late
        && !Abandoned
        && row is { RevokedAt: null }
        && attempt.HasKeyOf(row.KeyThumbprint);

    /// <summary>
    /// Decides on the row as it is or as an earlier attempt of the batch leaves it; answers the audit entry that the
    /// decision asks for.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="proofIsNew">Whether nobody has spent its proof before; true where it has none.</param>
    /// <param name="now">The time.</param>
    public (RotationDecision Decision, AuditEntry? Entry) Decide(Session? row, bool proofIsNew, DateTimeOffset now)
    {
        var unanswered = row is null ? TimeSpan.Zero : silent.Between(row.AdvancedAt, now);
        decision = proofIsNew ? Rotation.Decide(row, attempt, now, unanswered) : new(RotationKind.ProofRepeated, row);
        var alarming =
            decision.Suspect
            || decision.Kind is RotationKind.Reuse
            || (decision.Kind is RotationKind.Advance && decision.Distance < 0);
        return (decision, alarming ? entry(decision) : null);
    }

    public override void Answer() => Answer(decision!);
}
