using System.Runtime.InteropServices;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Puts the calling thread behind the others: where cores are scarce it runs on what they leave. .NET's own priorities do nothing on Linux, where niceness is a
/// thread's own and may always be raised (setpriority(2)).
/// </summary>
internal static partial class BehindOthers
{
    /// <summary>About a tenth of a core while others want all of it, and the whole of it while they do not.</summary>
    public const int Niceness = 10;

    public static void Go()
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            return;
        }

        try
        {
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        catch (Exception reason) when (reason is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without this call: passwords are hashed all the same, only less politely.
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
