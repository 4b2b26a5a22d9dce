using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Turnstone.Bench.Meters;

/// <summary>What a subject's processes have used so far, all tiers together.</summary>
internal sealed record Usage(double CpuSeconds, long? Allocated, long Written, long DiskWrites)
{
    public static Usage operator -(Usage after, Usage before) =>
        new(
            after.CpuSeconds - before.CpuSeconds,
            after.Allocated - before.Allocated,
            after.Written - before.Written,
            after.DiskWrites - before.DiskWrites
        );

    /// <param name="processes">The processes whose use counts, with all their children.</param>
    /// <param name="probes">The sockets of the .NET processes among them.</param>
    public static Usage Of(IReadOnlyCollection<int> processes, IReadOnlyCollection<string> probes)
    {
        var all = ProcessTree.Of(processes);
        var (writes, bytes) = Disk.Written();
        return new Usage(
            all.Sum(ProcessTree.CpuSeconds),
            probes.Count == 0 ? null : probes.Sum(Probe.Allocated),
            bytes,
            writes
        );
    }
}

/// <summary>Processes as /proc tells of them; one that has just ended counts nothing.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;

    public static IReadOnlyCollection<int> Of(IEnumerable<int> roots)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in System.IO.Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(id) is { } stat)
            {
                var parent = int.Parse(stat[1], CultureInfo.InvariantCulture);
                (children.TryGetValue(parent, out var known) ? known : children[parent] = []).Add(id);
            }
        }

        var found = new HashSet<int>();
        var open = new Stack<int>(roots);
        while (open.TryPop(out var id))
        {
            if (found.Add(id) && children.TryGetValue(id, out var below))
            {
                below.ForEach(open.Push);
            }
        }

        return found;
    }

    // User and system time, its own and of children that have ended.
    public static double CpuSeconds(int id) =>
        Stat(id) is { } stat
            ? Enumerable.Range(11, 4).Sum(i => double.Parse(stat[i], CultureInfo.InvariantCulture)) / TicksPerSecond
            : 0;

    /// <summary>Resident memory in bytes.</summary>
    public static long Resident(int id) => Line($"/proc/{id}/status", "VmRSS:") * 1024;

    // What follows the name, which may hold spaces and brackets.
    private static string[]? Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Line(string path, string name)
    {
        try
        {
            var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(
                    line[name.Length..].Replace("kB", "", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture
                );
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

/// <summary>
/// What the machine's disks have written, whoever asked for it: the machine has to be otherwise quiet. What the kernel
/// says of a process (<c>write_bytes</c>) is no measure: since files are cached in large folios, 8 KB written into a
/// file that was made in steps of 1 MB count as 1 MB.
/// </summary>
internal static partial class Disk
{
    private const int Sector = 512;

    public static (long Writes, long Bytes) Written()
    {
        // So that what the kernel still holds back is in the figures.
        using (var sync = Process.Start("sync"))
        {
            sync.WaitForExit();
        }

        var disks = File.ReadLines("/proc/diskstats")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => WholeDisk().IsMatch(fields[2]))
            .ToList();
        return (disks.Sum(fields => Number(fields[7])), disks.Sum(fields => Number(fields[9])) * Sector);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(vd[a-z]|sd[a-z]|nvme\d+n\d+)$")]
    private static partial Regex WholeDisk();
}

/// <summary>Asks the probe in a .NET process how many bytes it has allocated.</summary>
internal static class Probe
{
    public static long Allocated(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var buffer = new byte[128];
            var read = socket.Receive(buffer);
            return long.Parse(Encoding.ASCII.GetString(buffer, 0, read).Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (SocketException reason)
        {
            // A server that ended under load is what the bench is there to find, so its last words must not be lost
            // with its folder.
            var log = Path.ChangeExtension(path, ".log");
            throw new InvalidOperationException(
                $"{path} does not answer. Its server's last words:\n"
                    + $"{string.Join('\n', File.ReadLines(log).TakeLast(40))}",
                reason
            );
        }
    }
}
