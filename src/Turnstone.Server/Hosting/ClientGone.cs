using Microsoft.AspNetCore.Connections;

namespace Turnstone.Server.Hosting;

/// <summary>Whether a request failed because its client left, so that nobody is left to answer.</summary>
internal static class ClientGone
{
    /// <summary>
    /// The token is cancelled a moment after a read has failed, so the failure itself is looked at too. After a reset
    /// the body's reader is unusable: who catches it must not read again.
    /// </summary>
    public static bool Is(Exception problem, HttpContext context) =>
        problem is ConnectionResetException or OperationCanceledException { InnerException: ConnectionAbortedException }
        || (problem is OperationCanceledException && context.RequestAborted.IsCancellationRequested);
}
