using System.Net.Sockets;
using Npgsql;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Postgres;

/// <summary>What PostgreSQL's error codes (its manual, appendix A) mean to a store.</summary>
internal static class PostgresErrors
{
    // Connection, resources, limits (lock not available), operator's intervention, system, internal, authorization;
    // 25006: a standby that cannot write.
    private static readonly string[] UnavailableClasses = ["08", "28", "3D", "53", "55", "57", "58", "XX"];

    public static bool IsDuplicate(Exception reason) =>
        reason is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>
    /// A table or column is not there, or one that this program does not write must be: a newer server has migrated the
    /// store.
    /// </summary>
    public static bool IsUnknownSchema(Exception reason) =>
        reason
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UndefinedColumn
                    or PostgresErrorCodes.UndefinedTable
                    or PostgresErrorCodes.NotNullViolation
            };

    /// <summary>The engine gave up on this transaction in favour of another: the same again may succeed.</summary>
    public static bool IsConflict(Exception reason) =>
        reason
            is PostgresException
            {
                SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            };

    /// <summary>A row that another transaction holds was not to be had in the time for it.</summary>
    public static bool IsLocked(Exception? reason) =>
        reason is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }
        || (reason is StoreUnavailableException && IsLocked(reason.InnerException));

    /// <summary>
    /// The connection is gone, and the idle ones of the pool most likely with it: the server was restarted or failed
    /// over.
    /// </summary>
    public static bool IsLost(Exception reason) =>
        reason
            is IOException
                or PostgresException { SqlState: ['5', '7', 'P', ..] }
                or (NpgsqlException { InnerException: IOException or SocketException });

    /// <summary>
    /// The server has committed, and has given up waiting for its standby. It is a warning whose text is translated;
    /// the routine is what tells it from others.
    /// </summary>
    public static bool IsNotReplicated(PostgresNotice notice) => notice.Routine == "SyncRepWaitForLSN";

    /// <summary>Of a commit that was begun: the server has not said what became of it.</summary>
    public static bool IsOutcomeUnknown(Exception reason) =>
        IsLost(reason) || (IsUnavailable(reason) && reason is not PostgresException);

    public static StoreUnavailableException OutcomeUnknown(Exception reason) =>
        new("The connection to the database was lost during a commit.", reason) { OutcomeUnknown = true };

    public static bool IsUnavailable(Exception reason) =>
        reason switch
        {
            PostgresException postgres => postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction
                || IsConflict(reason)
                || Array.Exists(
                    UnavailableClasses,
                    start => postgres.SqlState.StartsWith(start, StringComparison.Ordinal)
                ),
            NpgsqlException or TimeoutException or IOException or SocketException => true,
            _ => false,
        };

    public static bool IsTranslated(Exception reason) =>
        IsDuplicate(reason) || IsUnknownSchema(reason) || IsUnavailable(reason);

    /// <summary>The exception as the callers of a store know it.</summary>
    public static Exception Translate(Exception reason) =>
        IsDuplicate(reason) ? new DuplicateException("The store holds one like it.", reason)
        : IsUnknownSchema(reason) ? SchemaState.TooNew("a version of its tables", reason)
        : IsUnavailable(reason)
            ? new StoreUnavailableException("The database cannot be reached or cannot serve at the moment.", reason)
        : reason;
}
