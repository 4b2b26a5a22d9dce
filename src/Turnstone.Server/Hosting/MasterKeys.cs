using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Finds the master keys: in the settings, or in the file beside the embedded database, which is created with it. A
/// file may contain several keys, one per line, the current one first.
/// </summary>
public static class MasterKeys
{
    public const string FileName = "master.key";

    /// <exception cref="SettingsException">There is no key, or it is unsafe.</exception>
    public static MasterKeyRing Load(ServerSettings settings, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        var given = settings.Turnstone.MasterKey;
        var texts = given.Length > 0 ? [given] : FromFile(settings.Database, random);
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

    private static string[] FromFile(DatabasePlace database, RandomSource random)
    {
        var path = PathIn(database);
        if (!File.Exists(path))
        {
            Make(path, database, random);
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

    private static void Make(string path, DatabasePlace database, RandomSource random)
    {
        if (File.Exists(database.File))
        {
            throw new SettingsException(
                $"The database {database.File} exists, but its master key {path} does not: restore the key, "
                    + "or set Turnstone:MasterKey. With a new key every session would end "
                    + "and nothing could be decrypted."
            );
        }

        var folder = database.Folder!;
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        else
        {
            System.IO.Directory.CreateDirectory(folder, OwnerOnly.FolderMode);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly.FileMode;
        }

        var bytes = random.Bytes(MasterKey.Size);
        using var writer = new StreamWriter(new FileStream(path, options));
        writer.WriteLine(Convert.ToBase64String(bytes));
        writer.Flush();
        ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private static string PathIn(DatabasePlace database) => Path.Combine(database.Folder ?? "", FileName);
}
