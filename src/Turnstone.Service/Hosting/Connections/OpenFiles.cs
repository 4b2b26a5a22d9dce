using System.Globalization;
using Turnstone.Server.Settings;

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

    /// <summary>
    /// What a server needs: some 330 at rest, the reserve, and a few connections. Below it the runtime would end the
    /// process somewhere on the way, without a sentence.
    /// </summary>
    private const int Least = 512;

    /// <summary>How many connections fit.</summary>
    public int Room => Math.Max(Limit - Open - Reserve, 16);

    /// <exception cref="SettingsException">This process may open too few.</exception>
    public static void RequireEnough()
    {
        if (Read() is { Limit: < Least and var limit })
        {
            throw new SettingsException([
                $"This process may open {limit} files and needs {Least}: raise the limit (ulimit -n, LimitNOFILE).",
            ]);
        }
    }

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
