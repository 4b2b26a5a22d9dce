using System.Runtime.InteropServices;

namespace Turnstone.Client;

/// <summary>Makes a rename last: on Unix the folder is flushed too, for which .NET has no call.</summary>
internal static partial class FolderFlush
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened.");
        }

        // Some file systems cannot flush a folder and say so; the file itself has been flushed.
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
