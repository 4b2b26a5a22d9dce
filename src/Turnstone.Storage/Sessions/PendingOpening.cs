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
    /// Not together with others in one transaction. The row of a code is changed, and a withdrawal that deletes codes
    /// in another order would deadlock with it; an ended session may be written twice, and its duplicate would fail the
    /// others.
    /// </summary>
    public bool Alone => preconditions.CodeHash is not null || session.RevokedAt is not null;

    /// <summary>What came of it, once it was decided.</summary>
    public Receipt Receipt { get; set; } = Receipt.Withdrawn;

    public override void Answer() => Answer(Receipt);
}
