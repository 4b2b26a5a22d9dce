using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>The host's log messages: event ids 1000 to 1099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Information, "Applied {Count} migrations to the store.")]
    public static partial void Migrated(this ILogger log, int count);

    [LoggerMessage(
        1002,
        LogLevel.Warning,
        "libargon2 is not installed, so new passwords are hashed with PBKDF2: install it (Debian: libargon2-1)."
    )]
    public static partial void ArgonMissing(this ILogger log);

    [LoggerMessage(
        1010,
        LogLevel.Information,
        "Deleted expired rows: {Sessions} sessions, {Codes} codes, {AuditEntries} audit entries, "
            + "{Accounts} unconfirmed accounts."
    )]
    public static partial void Swept(this ILogger log, int sessions, int codes, int auditEntries, int accounts);

    [LoggerMessage(1011, LogLevel.Warning, "Background task {Task} fails; it is retried.")]
    public static partial void UpkeepFailed(this ILogger log, Exception problem, string task);

    [LoggerMessage(1012, LogLevel.Information, "Background task {Task} works again.")]
    public static partial void UpkeepRecovered(this ILogger log, string task);

    [LoggerMessage(1020, LogLevel.Warning, "The store is unavailable; {Method} {Path} was answered 503.")]
    public static partial void StoreAway(this ILogger log, Exception problem, string method, string path);

    [LoggerMessage(1021, LogLevel.Error, "{Method} {Path} failed, trace {TraceId}.")]
    public static partial void RequestFailed(
        this ILogger log,
        Exception problem,
        string method,
        string path,
        string traceId
    );

    [LoggerMessage(
        1022,
        LogLevel.Debug,
        "{Method} {Path} was answered {Status} after {Milliseconds} ms, trace {TraceId}."
    )]
    public static partial void RequestDone(
        this ILogger log,
        string method,
        string path,
        int status,
        double milliseconds,
        string traceId
    );
}
