using System.Globalization;
using Turnstone.Model;

namespace Turnstone.Storage.Journal;

/// <summary>
/// The folder of the journal. Every process that ends something writes a file of its own, named by the time at which it
/// began: a command beside a running server needs no lock, and files of several nodes can be put together.
/// </summary>
internal sealed class JournalFolder(string path, RandomSource random)
{
    private const string Ending = ".ends";

    // ENOSPC
    private const int NoSpaceLeft = 28;
    private const UnixFileMode FileOfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderOfOwner = FileOfOwner | UnixFileMode.UserExecute;
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public string Path => path;

    /// <summary>When a process began to write it.</summary>
    public static DateTimeOffset BeganAt(string file) =>
        long.TryParse(
            System.IO.Path.GetFileName(file).Split('-')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var milliseconds
        )
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MaxValue;

    /// <summary>Why nothing can be written here; null where something can.</summary>
    public string? Problem()
    {
        try
        {
            Make();
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != UnixFileMode.None)
            {
                return "others on this machine have access to it: chmod 700 it";
            }

            var probe = NewFile(DateTimeOffset.UnixEpoch);
            Open(probe).Dispose();
            File.Delete(probe);
            return null;
        }
        catch (IOException full) when (full.HResult == NoSpaceLeft)
        {
            // The disk is no mistake of the settings: the journal goes on when there is room again.
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    /// <summary>The files, oldest first.</summary>
    public IReadOnlyList<string> Files() =>
        System.IO.Directory.Exists(path)
            ? [.. System.IO.Directory.GetFiles(path, $"*{Ending}").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>A new file that only its owner can read.</summary>
    public FileStream Create(DateTimeOffset now)
    {
        Make();
        return Open(NewFile(now));
    }

    /// <summary>Makes the names of new files last.</summary>
    public void Flush() => DiskFlush.FlushFolder(path);

    /// <summary>Writes these in the place of some files: all of them, or nothing has changed.</summary>
    public static void Replace(IReadOnlyList<string> files, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0)
        {
            // Under a name that nobody reads until it is complete, and then in the place of the oldest.
            var written = files[0] + ".new";
            File.Delete(written);
            using (var file = Open(written))
            {
                file.Write(bytes);
                DiskFlush.Flush(file);
            }

            File.Move(written, files[0], overwrite: true);
            DiskFlush.FlushFolder(System.IO.Path.GetDirectoryName(files[0])!);
        }

        foreach (var file in bytes.Length > 0 ? files.Skip(1) : files)
        {
            File.Delete(file);
        }
    }

    private static FileStream Open(string file)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileOfOwner;
        }

        return new FileStream(file, options);
    }

    private string NewFile(DateTimeOffset now) =>
        System.IO.Path.Combine(
            path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{now.ToUnixTimeMilliseconds():D15}-{Convert.ToHexStringLower(random.Bytes(6))}{Ending}"
            )
        );

    private void Make()
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else if (!System.IO.Directory.Exists(path))
        {
            System.IO.Directory.CreateDirectory(path, FolderOfOwner);
        }
    }
}
