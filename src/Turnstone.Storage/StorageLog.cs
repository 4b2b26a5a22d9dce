using Microsoft.Extensions.Logging;

namespace Turnstone.Storage;

/// <summary>
/// What the store writes to the log: event ids 1300 to 1399. A call that fails is told to its caller; here stands what
/// has no caller.
/// </summary>
internal static partial class StorageLog
{
    /// <summary>A store that is away is said in a sentence; anything else is shown with its stack.</summary>
    public static void BackgroundFails(this ILogger log, Exception problem, string task) =>
        log.BackgroundFails(
            problem is StoreUnavailableException ? null : problem,
            task,
            (problem.InnerException ?? problem).Message
        );

    [LoggerMessage(1300, LogLevel.Warning, "The store's {Task} fails; it is tried again until it works: {Reason}")]
    private static partial void BackgroundFails(this ILogger log, Exception? problem, string task, string reason);

    [LoggerMessage(1301, LogLevel.Information, "The store's {Task} works again.")]
    public static partial void BackgroundWorks(this ILogger log, string task);

    [LoggerMessage(1302, LogLevel.Warning, "The counts and uses of the last second were not written: {Reason}")]
    public static partial void LastSecondLost(this ILogger log, string reason);

    [LoggerMessage(1303, LogLevel.Error, "A listener for changes of kind {Kind} failed; the change is committed.")]
    public static partial void ListenerFailed(this ILogger log, Exception problem, ChangeKind kind);
}
