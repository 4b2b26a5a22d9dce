using Turnstone.Audit;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A session that waits to be opened, with what vouches for it and what the record will say.</summary>
internal sealed class PendingOpening(Session session, Vouchers vouchers, AuditEntry entry, CancellationToken cancellationToken) : Pending(cancellationToken)
{
    private readonly TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Session Session => session;

    public Vouchers Vouchers => vouchers;

    public AuditEntry Entry => entry;

    /// <summary>Whether everything that vouched still stood, and the row was written.</summary>
    public bool Opened { get; set; }

    public Task<bool> Task => answer.Task;

    public override void Answer() => answer.TrySetResult(Opened);

    public override void Fail(Exception reason) => answer.TrySetException(reason);
}
