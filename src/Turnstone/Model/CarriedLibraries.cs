using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Turnstone.Model;

/// <summary>
/// Native libraries that a program of one file has within itself (resources <c>native/NAME</c>). Linux loads them from
/// memory: nothing is written to a disk, and no folder has to be found for them.
/// </summary>
public static partial class CarriedLibraries
{
    private const uint CloseOnExec = 1;
    private const uint Executable = 0x10;

    // Open for as long as the process runs: the loader knows a library by its path, which has the number in it.
    private static readonly List<SafeFileHandle> Open = [];

    /// <summary>False if the program carries none of this name, or it does not load.</summary>
    public static bool TryLoad(string name, out nint library)
    {
        library = 0;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var carried = Assembly.GetEntryAssembly()?.GetManifestResourceStream($"native/{name}.so");
        if (carried is null || NewFile(name) is not { } file)
        {
            return false;
        }

        lock (Open)
        {
            Open.Add(file);
        }

        CopyTo(file, carried);
        return NativeLibrary.TryLoad($"/proc/self/fd/{file.DangerousGetHandle()}", out library);
    }

    private static SafeFileHandle? NewFile(string name)
    {
        // Before Linux 6.3 there is no such flag, and every such file may be executed.
        var number = MakeMemoryFile(name, CloseOnExec | Executable);
        number = number < 0 ? MakeMemoryFile(name, CloseOnExec) : number;
        return number < 0 ? null : new SafeFileHandle(number, ownsHandle: true);
    }

    private static void CopyTo(SafeFileHandle file, Stream carried)
    {
        var part = new byte[64 * 1024];
        for (long at = 0; carried.Read(part) is > 0 and var length; at += length)
        {
            RandomAccess.Write(file, part.AsSpan(0, length), at);
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeMemoryFile(string name, uint flags);
}
