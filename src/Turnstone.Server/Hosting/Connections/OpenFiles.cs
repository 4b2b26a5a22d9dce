using System.Globalization;

namespace Turnstone.Server.Hosting.Connections;

/// <summary>The limit of open files of this process, and how many are open.</summary>
/// <param name="Limit">The soft limit, which the runtime raises to the hard one when it starts.</param>
/// <param name="Open">How many are open now.</param>
public sealed record OpenFiles(int Limit, int Open)
{
    /// <summary>
    /// What is kept for everything that is no connection of a client: the store's files and connections, mail, and the
    /// runtime, which opens an assembly when it is first needed. If it cannot, it ends the process ("Out of memory").
    /// </summary>
    public const int Reserve = 160;

    /// <summary>How many connections fit.</summary>
    public int Room => Math.Max(Limit - Open - Reserve, 16);

    /// <summary>What there is on this machine; null where it is not told (proc(5) is Linux).</summary>
    public static OpenFiles? Read() =>
        OperatingSystem.IsLinux()
        && Array.Find(
            File.ReadAllLines("/proc/self/limits"),
            line => line.StartsWith("Max open files", StringComparison.Ordinal)
        )
            is { } line
        && int.TryParse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var limit
        )
            ? new(limit, System.IO.Directory.GetFileSystemEntries("/proc/self/fd").Length)
            : null;
}
