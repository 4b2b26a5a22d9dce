using System.Security.Cryptography;
using System.Text;
using Turnstone.Client;

namespace Turnstone.Cli.Profiles;

/// <summary>Files that only their owner can read, replaced whole.</summary>
internal static class PrivateFile
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception reason) when (reason is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static void Delete(string path)
    {
        // File.Delete forgives a file that is not there, and no folder.
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    public static void Write(string path, string text)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        var fresh = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        using (var file = new FileStream(fresh, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            DiskFlush.Flush(file);
        }

        File.Move(fresh, path, overwrite: true);
        DiskFlush.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
    }
}
