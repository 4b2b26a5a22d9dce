using System.Runtime.InteropServices;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Puts the calling thread behind the others: where cores are scarce it runs on what they leave. .NET's own priorities
/// do nothing on Linux, where both the policy and the niceness are a thread's own (sched(7)).
/// </summary>
internal static partial class LowThreadPriority
{
    // SCHED_IDLE: whoever wakes up gets the core at once. A thread that is only nice keeps it to the end of its slice,
    // a millisecond and more for each step of a refresh. It does not starve: on two cores full of refreshes nine
    // passwords a second were hashed, of the forty that they can do.
    private const int Idle = 5;

    /// <summary>
    /// Where the library has no policies (musl): about a tenth of a core while others want all of it, and the whole of
    /// it while they do not.
    /// </summary>
    private const int Niceness = 10;

    public static void Set()
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            return;
        }

        try
        {
            var noPriority = 0;
            if (SetScheduler(thread: 0, Idle, ref noPriority) != 0)
            {
                _ = SetPriority(which: 0, who: 0, Niceness);
            }
        }
        catch (Exception reason) when (reason is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without these calls: passwords are hashed all the same, only less politely.
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, ref int priority);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
