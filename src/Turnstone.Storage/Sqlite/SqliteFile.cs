using Microsoft.Data.Sqlite;

namespace Turnstone.Storage.Sqlite;

/// <summary>The database file: how it is made and how connections to it are opened.</summary>
internal sealed class SqliteFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int PageSize = 2048;
    private const int ShortestLog = 1 << 20;
    private const int LongestLog = 32 << 20;

    private readonly string connectionString;

    public SqliteFile(string connectionString)
    {
        SqliteLibrary.Ensure();
        var settings = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, ForeignKeys = true };
        if (settings.DataSource is "" or ":memory:" || settings.Mode == SqliteOpenMode.Memory)
        {
            throw new ArgumentException(
                "The embedded database needs a file: Data Source=path.",
                nameof(connectionString)
            );
        }

        // How long the provider itself repeats a statement that finds the file locked, in whole seconds.
        settings.DefaultTimeout = 1;
        settings.Mode = SqliteOpenMode.ReadWrite;
        Path = System.IO.Path.GetFullPath(settings.DataSource);
        settings.DataSource = Path;
        this.connectionString = settings.ToString();
    }

    public string Path { get; }

    /// <summary>
    /// Makes an empty file that only its owner can read; the -wal and -shm files beside a database take over its mode.
    /// </summary>
    /// <exception cref="IOException">There is a file already.</exception>
    public static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        new FileStream(path, options).Dispose();
    }

    public SqliteConnection OpenReader() => Open("PRAGMA busy_timeout = 2000; PRAGMA query_only = ON;");

    /// <summary>
    /// Opens for writing; every commit is on the disk when it returns. How long a BEGIN waits is <see
    /// cref="SqliteDb.BeginAsync"/>'s. A page that is changed again and again goes into the database once a checkpoint:
    /// these come every 32 MiB of log, which gives back what it took beyond that beside a long reader, and the pages of
    /// the indexes stay in 16 MiB of memory meanwhile. Each commit writes whole pages, of which a session changes a few
    /// bytes: in a new file they are half as large as SQLite makes them, and no smaller, or a session's row would not
    /// fit beside others. What is deleted is overwritten: a copy of the file must not hold what was swept.
    /// </summary>
    public SqliteConnection OpenWriter()
    {
        var log = LogLength();
        return Open(
            $"PRAGMA busy_timeout = 2000; PRAGMA page_size = {PageSize}; PRAGMA journal_mode = WAL; "
                + $"PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {log / PageSize}; "
                + $"PRAGMA journal_size_limit = {log}; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384; "
                + "PRAGMA busy_timeout = 0;"
        );
    }

    public SqliteConnection OpenBackup() => Open("PRAGMA busy_timeout = 2000;");

    /// <summary>
    /// Makes the file where there is none, for migrations alone: opening makes none, or a wrong path would be an empty
    /// store.
    /// </summary>
    public void EnsureExists()
    {
        if (File.Exists(Path))
        {
            return;
        }

        System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        try
        {
            Create(Path);
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process was first.
        }
    }

    // A log that has taken the last of its disk cannot be emptied any more: the database has no room to grow. So it
    // gets an eighth of a small one.
    private int LogLength()
    {
        try
        {
            var disk = new DriveInfo(
                OperatingSystem.IsWindows() ? System.IO.Path.GetPathRoot(Path)! : System.IO.Path.GetDirectoryName(Path)!
            );
            return (int)Math.Clamp(disk.TotalSize / 8, ShortestLog, LongestLog);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return LongestLog;
        }
    }

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = settings;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
