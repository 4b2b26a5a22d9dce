using System.Globalization;
using System.Net.Sockets;
using System.Text;

/// <summary>
/// Loaded into a measured .NET process by DOTNET_STARTUP_HOOKS, so that the program itself is the one that is shipped:
/// whoever connects to the Unix socket named by TURNSTONE_PROBE is told how many bytes the process has allocated so far
/// and how many collections it took.
/// </summary>
internal sealed class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("TURNSTONE_PROBE") is { Length: > 0 } path)
        {
            new Thread(() => Serve(path)) { IsBackground = true, Name = "probe" }.Start();
        }
    }

    private static void Serve(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        while (true)
        {
            using var asker = listener.Accept();
            var answer = string.Create(
                CultureInfo.InvariantCulture,
                $"{GC.GetTotalAllocatedBytes(precise: true)} {GC.CollectionCount(0)} {GC.CollectionCount(2)}\n"
            );
            asker.Send(Encoding.ASCII.GetBytes(answer));
        }
    }
}
