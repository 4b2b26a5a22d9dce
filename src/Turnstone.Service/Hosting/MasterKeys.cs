using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Finds the master keys: in the settings, or in the file beside the embedded database, which is made with it. A file
/// may contain several keys, one per line, the current one first.
/// </summary>
public static class MasterKeys
{
    public const string FileName = "master.key";

    /// <exception cref="SettingsException">There is no key, or it is unsafe.</exception>
    public static MasterKeyRing Load(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var given = settings.Turnstone.MasterKey;
        var texts = given.Length > 0 ? [given] : FromFile(settings.Database);
        List<MasterKey> keys = [];
        foreach (var text in texts.Concat(settings.Turnstone.PreviousMasterKeys))
        {
            keys.Add(
                MasterKeyText.TryRead(text, out var key)
                    ? key!
                    : throw new SettingsException(
                        $"{PathIn(settings.Database)} has a line that is not the base64 of 32 bytes: "
                            + "restore the original key."
                    )
            );
        }

        try
        {
            return new MasterKeyRing(keys);
        }
        catch (ArgumentException reason)
        {
            throw new SettingsException(
                "Two of the master keys are the same or share an id (1 pair in 256 does): create another new key.",
                reason
            );
        }
    }

    /// <summary>
    /// Makes the key of a new store where the settings have none, and answers its file; null where nothing was made.
    /// The key comes before the database, so a database without one has lost it.
    /// </summary>
    /// <exception cref="SettingsException">The database is there, and its key is not.</exception>
    public static string? EnsureMade(ServerSettings settings, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        if (settings.Turnstone.MasterKey.Length > 0 || settings.Database.File is null)
        {
            return null;
        }

        // Looked at in this order: another process may make both at this moment.
        var hasDatabase = File.Exists(settings.Database.File);
        var path = PathIn(settings.Database);
        return File.Exists(path) ? null
            : hasDatabase ? throw Lost(settings.Database)
            : Make(path, settings.Database.Folder!, random) ? path
            : null;
    }

    private static string[] FromFile(DatabasePlace database)
    {
        var path = PathIn(database);
        if (!File.Exists(path))
        {
            throw Lost(database);
        }

        if (!OwnerOnly.Holds(path))
        {
            throw new SettingsException(
                $"{path} contains the master key and others on this machine have access to it: chmod 600 it, "
                    + "and change the key if someone may have read it."
            );
        }

        var lines = File.ReadAllLines(path).Where(line => !string.IsNullOrWhiteSpace(line)).ToArray();
        return lines.Length > 0 ? lines : throw new SettingsException($"{path} is empty: restore the master key.");
    }

    private static SettingsException Lost(DatabasePlace database) =>
        new(
            $"The database {database.File} exists, but its master key {PathIn(database)} does not: restore the key, "
                + "or set Turnstone:MasterKey. With a new key every session would end "
                + "and nothing could be decrypted."
        );

    // Written beside and then named, so that nobody reads half a key; false if another process was first.
    private static bool Make(string path, string folder, RandomSource random)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        else
        {
            System.IO.Directory.CreateDirectory(folder, OwnerOnly.FolderMode);
        }

        var unnamed = $"{path}.{Convert.ToHexStringLower(random.Bytes(8))}";
        try
        {
            Write(unnamed, random);
            File.Move(unnamed, path, overwrite: false);
            DiskFlush.FlushFolder(folder);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(unnamed);
        }
    }

    private static void Write(string path, RandomSource random)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly.FileMode;
        }

        var bytes = random.Bytes(MasterKey.Size);
        using var writer = new StreamWriter(new FileStream(path, options));
        writer.WriteLine(Convert.ToBase64String(bytes));
        writer.Flush();
        DiskFlush.Flush((FileStream)writer.BaseStream);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private static string PathIn(DatabasePlace database) => Path.Combine(database.Folder ?? "", FileName);
}
