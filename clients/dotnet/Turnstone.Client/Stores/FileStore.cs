using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Client;

/// <summary>
/// A file for each session, in a folder that only its owner can read. An operating-system lock lets one process at a
/// time work on it and ends with that process; a new file is flushed before it takes the old one's place.
/// </summary>
public sealed class FileStore(string folder) : ISessionStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken)
    {
        MakeFolder();
        var path = PathOf(session) + ".lock";
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryLock(path) is { } file)
            {
                return new Release(file.DisposeAsync);
            }

            var longest = Math.Min(4 << Math.Min(attempt, 6), 200);
            await Task.Delay(1 + RandomNumberGenerator.GetInt32(longest), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(PathOf(session), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception reason) when (reason is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WriteAsync(
        string session,
        string text,
        string? before,
        CancellationToken cancellationToken
    )
    {
        if (await ReadAsync(session, cancellationToken).ConfigureAwait(false) != before)
        {
            return false;
        }

        var path = PathOf(session);
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, Options(FileMode.Create, FileShare.Read)))
        {
            // A file that was there already keeps its mode.
            SetMode(file);
            file.Write(Encoding.UTF8.GetBytes(text));
            DiskFlush.Flush(file);
        }

        File.Move(fresh, path, overwrite: true);
        DiskFlush.FlushFolder(folder);
        return true;
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, Options(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException reason) when (IsHeld(reason))
        {
            return null;
        }
    }

    // EWOULDBLOCK of flock on Linux and macOS, ERROR_SHARING_VIOLATION on Windows. Any other failure is one.
    private static bool IsHeld(IOException reason) =>
        reason.GetType() == typeof(IOException) && reason.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private static void SetMode(FileStream file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
        }
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private string PathOf(string session) => Path.Combine(folder, SessionName.Checked(session) + ".json");
}
