using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Turnstone.Client;

/// <summary>
/// Has the system put on the disk what was written, and says so when it cannot. <c>FileStream.Flush(true)</c> goes on
/// where fsync fails, and for a folder .NET has no call.
/// </summary>
internal static partial class DiskFlush
{
    // EINVAL, and ENOTSUP as Linux and macOS number it: a file system that cannot flush a folder. Its files have been
    // flushed.
    private static readonly int[] CannotFlushFolder = [22, 95, 45];

    /// <exception cref="IOException">It may not be on the disk.</exception>
    public static void Flush(FileStream file)
    {
        // On Windows the call tells of failures, and on macOS it asks for more than fsync does.
#pragma warning disable RS0030 // the one place that looks at the error as well
        file.Flush(flushToDisk: !OperatingSystem.IsLinux());
#pragma warning restore RS0030
        if (!OperatingSystem.IsWindows() && Sync(file.SafeFileHandle) != 0)
        {
            throw Failed(file.Name, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Makes the name of a new file last, or a rename.</summary>
    /// <exception cref="IOException">It may not be on the disk.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Open(folder, flags: 0);
        var error = handle.IsInvalid || Sync(handle) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (handle.IsInvalid || (error != 0 && !CannotFlushFolder.Contains(error)))
        {
            throw Failed(folder, error);
        }
    }

    private static IOException Failed(string path, int error) =>
        new($"{path} cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}.");

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
