using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Sessions;

/// <summary>A session that waits to be opened, with what vouches for it and what the record will say.</summary>
internal sealed class PendingOpening(
    Session session,
    Preconditions vouchers,
    AuditEntry entry,
    TimeProvider time,
    CancellationToken cancellationToken
) : PendingSession<bool>(time, cancellationToken)
{
    public Session Session => session;

    public Preconditions Preconditions => vouchers;

    public AuditEntry Entry => entry;

    /// <summary>
    /// Not with others in one transaction, where several of a node are under way at once: a code's row is consumed, and
    /// a withdrawal that deletes codes in another order would wait for them as they for it; what is written as ended
    /// may be written twice, and would fail the others with it.
    /// </summary>
    public bool Alone => vouchers.CodeHash is not null || session.RevokedAt is not null;

    /// <summary>Whether everything that vouched still stood, and the row was written.</summary>
    public bool Opened { get; set; }

    public override void Answer() => Answer(Opened);
}
