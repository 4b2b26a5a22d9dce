using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// Binds the managed provider to the system's own SQLite, which the distribution keeps patched, in place of a copy of
/// our own (docs/adr/0003).
/// </summary>
internal static class SqliteLibrary
{
    private const string Missing =
        "The SQLite library was not found. Install it (Debian and Ubuntu: libsqlite3-0; Alpine: sqlite-libs; "
        + "Fedora: sqlite-libs), or use PostgreSQL.";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <exception cref="DllNotFoundException">The library is not on this machine; the message names the package to
    /// install.</exception>
    public static void Ensure() => _ = Loaded.Value;

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }

        string[] names =
            OperatingSystem.IsWindows() ? ["winsqlite3"]
            : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"]
            : ["libsqlite3.so.0", "libsqlite3.so"];
        foreach (var candidate in names)
        {
            if (NativeLibrary.TryLoad(candidate, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(Missing);
    }
}
