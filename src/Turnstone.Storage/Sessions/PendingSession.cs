using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A session that waits to be opened or refreshed, for a client who waits for it.</summary>
internal abstract class PendingSession<T>(TimeProvider time, CancellationToken cancellationToken)
    : Pending<T>(cancellationToken)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly long asked = time.GetTimestamp();

    /// <summary>
    /// After so long (a database that hung, a node that was paused) the client is told to ask again rather than left to
    /// wait for one batch more. He may have asked another node and moved on: refreshed now, his token would be one of
    /// the past, and end the session.
    /// </summary>
    public override bool Late => Task.IsCompleted || time.GetElapsedTime(asked) > Deadline;
}
