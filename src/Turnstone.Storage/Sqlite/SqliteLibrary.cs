using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;
using Turnstone.Model;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// Loads the SQLite that the package brings, or the system's own where that one does not load (docs/adr/0003).
/// </summary>
internal static class SqliteLibrary
{
    private const string Bundled = "e_sqlite3";
    private const string Missing =
        "No SQLite library could be loaded: the program's own needs glibc 2.34 on Linux. "
        + "Install the system's (Debian and Ubuntu: libsqlite3-0; Fedora and RHEL: sqlite-libs), or use PostgreSQL.";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <exception cref="DllNotFoundException">Neither loads; the message names the package to install.</exception>
    public static void Ensure() => _ = Loaded.Value;

    /// <summary>The first of these libraries that loads.</summary>
    /// <exception cref="DllNotFoundException">None does.</exception>
    internal static nint LoadFirst(Assembly assembly, DllImportSearchPath? path, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (
                NativeLibrary.TryLoad(name, assembly, path, out var library)
                || CarriedLibraries.TryLoad($"lib{name}", out library)
            )
            {
                return library;
            }
        }

        throw new DllNotFoundException(Missing);
    }

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(
            typeof(SQLite3Provider_e_sqlite3).Assembly,
            (name, assembly, path) => name == Bundled ? LoadFirst(assembly, path, name, "libsqlite3.so.0") : 0
        );
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        return true;
    }
}
