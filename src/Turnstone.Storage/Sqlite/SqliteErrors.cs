using Microsoft.Data.Sqlite;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sqlite;

/// <summary>What SQLite's result codes (sqlite.org/rescode.html) mean to a store.</summary>
internal static class SqliteErrors
{
    private const int SqlError = 1;
    private const int InputOutput = 10;
    private const int ConstraintNotNull = 1299;
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    private static readonly string[] Missing = ["no such table", "no such column", "has no column named"];

    // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB
    private static readonly int[] Unavailable = [5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26];

    public static bool IsDuplicate(Exception reason) =>
        reason is SqliteException { SqliteExtendedErrorCode: ConstraintPrimaryKey or ConstraintUnique };

    /// <summary>
    /// A table or column is not there, or one that this program does not write must be: a newer server has migrated the
    /// store. The code of the first is that of every mistake in SQL.
    /// </summary>
    public static bool IsUnknownSchema(Exception reason) =>
        reason is SqliteException { SqliteExtendedErrorCode: ConstraintNotNull }
        || (
            reason is SqliteException { SqliteErrorCode: SqlError } sqlite
            && Array.Exists(Missing, what => sqlite.Message.Contains(what, StringComparison.Ordinal))
        );

    /// <summary>The file system refuses the file itself with an exception of its own.</summary>
    public static bool IsUnavailable(Exception reason) =>
        reason is IOException or UnauthorizedAccessException
        || (reason is SqliteException sqlite && Array.IndexOf(Unavailable, sqlite.SqliteErrorCode) >= 0);

    /// <summary>
    /// Of a commit: its pages may all lie in the log, unsynced. Nobody reads them now, but a start after a crash would.
    /// </summary>
    public static bool IsOutcomeUnknown(Exception reason) =>
        reason is IOException or SqliteException { SqliteErrorCode: InputOutput };

    /// <summary>The exception as the callers of a store know it.</summary>
    public static Exception Translate(Exception reason) =>
        IsDuplicate(reason) ? new DuplicateException("The store holds one like it.", reason)
        : IsUnknownSchema(reason) ? SchemaState.TooNew("a version of its tables", reason)
        : IsUnavailable(reason) ? new StoreUnavailableException("The database cannot be used at the moment.", reason)
        : reason;
}
