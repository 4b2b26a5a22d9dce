namespace Turnstone.Server.Hosting;

/// <summary>The host's log messages: event ids 1000 to 1099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Information, "Applied {Count} migrations to the store.")]
    public static partial void Migrated(this ILogger log, int count);

    [LoggerMessage(
        1002,
        LogLevel.Warning,
        "libargon2 is not installed, so passwords are hashed by the program's own libsodium, which takes longer: "
            + "install it (Debian: libargon2-1)."
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

    [LoggerMessage(
        1013,
        LogLevel.Warning,
        "The clock of this machine was set forward, or the machine was off: "
            + "nothing that is old is removed, and no key is rotated."
    )]
    public static partial void ClockInDoubt(this ILogger log);

    [LoggerMessage(
        1015,
        LogLevel.Warning,
        "The clock of this machine is {Seconds} s ahead of the database's (below 0: behind). "
            + "This node goes by the database's clock, but removes nothing and rotates no key until its own is right."
    )]
    public static partial void ClockOff(this ILogger log, long seconds);

    [LoggerMessage(
        1016,
        LogLevel.Warning,
        "{Count} sessions and tokens that were revoked one by one take more than {Megabytes} MiB of memory "
            + "(Turnstone:Limits:RevokedMegabytes)."
    )]
    public static partial void RevocationMemoryFull(this ILogger log, int count, int megabytes);

    [LoggerMessage(
        1017,
        LogLevel.Warning,
        "The store had forgotten {Count} revocations that this node knew: they are written again."
    )]
    public static partial void RevocationsRepeated(this ILogger log, int count);

    [LoggerMessage(
        1040,
        LogLevel.Warning,
        "The store is from {StoreFrom:u} or later and older than its journal, which goes to {JournalUntil:u}: "
            + "{Count} revocations are written again."
    )]
    public static partial void StoreIsOlder(
        this ILogger log,
        DateTimeOffset? storeFrom,
        DateTimeOffset? journalUntil,
        int count
    );

    [LoggerMessage(
        1041,
        LogLevel.Warning,
        "The journal of revocations begins now. If this store was put back from a copy, "
            + "what was revoked after {StoreFrom:u} is not known: revoke it again."
    )]
    public static partial void RevocationsUnknown(this ILogger log, DateTimeOffset? storeFrom);

    [LoggerMessage(
        1042,
        LogLevel.Error,
        "The journal of revocations in {Folder} cannot be written: {Reason} Revocations hold in the store; "
            + "they are written down when this works again."
    )]
    public static partial void JournalFails(this ILogger log, string? folder, string reason);

    [LoggerMessage(1043, LogLevel.Information, "The journal of revocations is written again and complete.")]
    public static partial void JournalRecovered(this ILogger log);

    [LoggerMessage(
        1044,
        LogLevel.Warning,
        "Of the journal of revocations {Bytes} bytes are no entries (a process was killed while it wrote), "
            + "and these files cannot be read: {Files}"
    )]
    public static partial void JournalDamaged(this ILogger log, int bytes, string files);

    [LoggerMessage(
        1050,
        LogLevel.Error,
        "The audit log is not what was sealed, and is not signed any more: {Faults} turnstone-server audit verify "
            + "says more; docs/audit.md says what to do."
    )]
    public static partial void AuditLogAltered(this ILogger log, string faults);

    [LoggerMessage(1051, LogLevel.Information, "The audit log is signed again.")]
    public static partial void AuditLogSignedAgain(this ILogger log);

    [LoggerMessage(
        1052,
        LogLevel.Error,
        "The audit log was put back: this server has signed {Signed}, and the store has less."
    )]
    public static partial void AuditLogPutBack(this ILogger log, string signed);

    [LoggerMessage(1014, LogLevel.Information, "The clock of this machine is believed again.")]
    public static partial void ClockBelieved(this ILogger log);

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

    [LoggerMessage(
        1020,
        LogLevel.Warning,
        "The store does not answer: {Count} requests were answered 503, the last {Method} {Path}."
    )]
    public static partial void StoreDown(this ILogger log, Exception? problem, int count, string method, string path);

    [LoggerMessage(
        1023,
        LogLevel.Warning,
        "All connections to the database are in use: {Count} requests were answered 503, the last {Method} {Path}."
    )]
    public static partial void ConnectionsTaken(this ILogger log, int count, string method, string path);

    [LoggerMessage(
        1024,
        LogLevel.Warning,
        "The queue of writes is full: {Count} requests were answered 503, the last {Method} {Path}."
    )]
    public static partial void QueueFull(this ILogger log, int count, string method, string path);

    [LoggerMessage(1025, LogLevel.Warning, "The password lane is full: {Count} passwords were refused.")]
    public static partial void PasswordLaneFull(this ILogger log, int count);

    [LoggerMessage(
        1026,
        LogLevel.Warning,
        "As many requests as may be are in work: {Count} more were answered 503, the last {Method} {Path}."
    )]
    public static partial void RequestsFull(this ILogger log, int count, string method, string path);

    [LoggerMessage(
        1027,
        LogLevel.Information,
        "Somebody else changed the same thing meanwhile: {Count} requests were answered 503, the last {Method} {Path}."
    )]
    public static partial void ChangedMeanwhile(
        this ILogger log,
        Exception? problem,
        int count,
        string method,
        string path
    );

    [LoggerMessage(
        1029,
        LogLevel.Warning,
        "This process may open {Limit} files, so it keeps {Total} connections and not {Wanted}: "
            + "set the limit of open files to {Needed} or more (ulimit -n, LimitNOFILE)."
    )]
    public static partial void FewOpenFiles(this ILogger log, int limit, int total, int wanted, int needed);

    [LoggerMessage(
        1028,
        LogLevel.Warning,
        "This node has not read the keys or the revoked sessions yet: {Count} requests were answered 503, "
            + "the last {Method} {Path}."
    )]
    public static partial void NotReady(this ILogger log, Exception? problem, int count, string method, string path);

    [LoggerMessage(1033, LogLevel.Warning, "The service manager (NOTIFY_SOCKET) could not be told: {Reason}")]
    public static partial void ServiceManagerNotTold(this ILogger log, string reason);

    [LoggerMessage(
        1018,
        LogLevel.Warning,
        "This node has not heard from the store for Turnstone:CutOffSeconds: {Count} validations were answered 503, "
            + "the last {Method} {Path}."
    )]
    public static partial void CutOff(this ILogger log, int count, string method, string path);

    [LoggerMessage(
        1034,
        LogLevel.Error,
        "The store is at version {Applied} and requires {Required}; this server knows versions up to {Known} and "
            + "serves nothing any more: replace it by the newer version."
    )]
    public static partial void SchemaTooNew(this ILogger log, long applied, long required, long known);

    [LoggerMessage(
        1035,
        LogLevel.Warning,
        "The store has what only a newer version knows: {Count} requests were answered 503, the last {Method} {Path}."
    )]
    public static partial void RefusedBySchema(
        this ILogger log,
        Exception? problem,
        int count,
        string method,
        string path
    );

    [LoggerMessage(
        1055,
        LogLevel.Warning,
        "The portal cannot answer: in Production its pages need https, this server listens on {Addresses}, and "
            + "Turnstone:Proxies:Trusted names no proxy. Set Turnstone__Proxies__Trusted__0 to the proxy's address "
            + "(127.0.0.1 for one on this machine) where Turnstone__Issuer is set, and start again; "
            + "turnstone-server check shows what else is missing."
    )]
    public static partial void NoProxyNamed(this ILogger log, string addresses);

    [LoggerMessage(
        1056,
        LogLevel.Warning,
        "Forwarded requests come from {Peer}, which Turnstone:Proxies:Trusted does not name: {Count} pages were "
            + "answered 503. If that is your proxy, add it (Turnstone__Proxies__Trusted__0={Peer}) and start again; "
            + "if not, let nobody but the proxy reach this port."
    )]
    public static partial void ProxyNotNamed(this ILogger log, string peer, int count);

    [LoggerMessage(
        1057,
        LogLevel.Warning,
        "The proxy sends no X-Forwarded-Proto: {Count} pages were answered 503. Let it send the scheme that the client "
            + "used (nginx: proxy_set_header X-Forwarded-Proto $scheme)."
    )]
    public static partial void SchemeNotForwarded(this ILogger log, int count);

    [LoggerMessage(1204, LogLevel.Warning, "{Count} emails that could not be sent within a day were deleted.")]
    public static partial void LettersSwept(this ILogger log, int count);
}
