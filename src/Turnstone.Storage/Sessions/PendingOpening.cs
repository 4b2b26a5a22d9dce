using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Sessions;

/// <summary>A session that waits to be opened, with its preconditions and its audit entry.</summary>
internal sealed class PendingOpening(
    Session session,
    Preconditions preconditions,
    AuditEntry entry,
    TimeProvider time,
    CancellationToken cancellationToken
) : PendingSession<Receipt>(time, cancellationToken)
{
    public Session Session => session;

    public Preconditions Preconditions => preconditions;

    public AuditEntry Entry => entry;

    /// <summary>
    /// Not together with others in one transaction: an ended session may be written twice, and its duplicate would fail
    /// the others.
    /// </summary>
    public bool Alone => session.RevokedAt is not null;

    /// <summary>
    /// Whether it may have to wait for another transaction: one that opens the same session again, or uses its code.
    /// </summary>
    public bool MayWait => preconditions.OpenedAfter is not null || preconditions.CodeHash is not null;

    /// <summary>What came of it, once it was decided.</summary>
    public Receipt Receipt { get; set; } = Receipt.Withdrawn;

    public override void Answer() => Answer(Receipt);
}
