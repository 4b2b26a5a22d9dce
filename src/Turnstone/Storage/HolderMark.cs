using Turnstone.Model;

namespace Turnstone.Storage;

/// <summary>
/// Ends every session that a holder has opened before it. Marks are numbered in the order of their commits, and each
/// session knows the number of the last mark before it: so the order is exact whatever the clocks of the nodes say.
/// </summary>
/// <param name="Number">Larger than that of every mark before; about the time in microseconds.</param>
/// <param name="Holder">Whose sessions.</param>
/// <param name="At">When it was made.</param>
/// <param name="Reason">Why.</param>
/// <param name="Except">The one session that goes on.</param>
public sealed record HolderMark(
    long Number,
    SessionHolder Holder,
    DateTimeOffset At,
    StoredName<RevocationReason> Reason,
    SessionId? Except = null
);
