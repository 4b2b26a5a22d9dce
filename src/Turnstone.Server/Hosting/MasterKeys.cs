using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Finds the master keys: in the settings, or in the file beside the embedded database, which is made with it. A file
/// may hold several keys, one a line, the one in force first.
/// </summary>
public static class MasterKeys
{
    public const string FileName = "master.key";

    /// <exception cref="SettingsException">There is no key, or it is not safe to use.</exception>
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
                            + "put the key back as it was made."
                    )
            );
        }

        try
        {
            return new MasterKeyRing(keys);
        }
        catch (ArgumentException)
        {
            throw new SettingsException(
                "Two of the master keys are the same or share an id (1 pair in 256 does): make another new key."
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
                $"{path} holds the master key and others on this machine have rights on it: chmod 600 it, "
                    + "and change the key if someone may have read it."
            );
        }

        var lines = File.ReadAllLines(path).Where(line => !string.IsNullOrWhiteSpace(line)).ToArray();
        return lines.Length > 0 ? lines : throw new SettingsException($"{path} is empty: put the master key back.");
    }

    private static void Make(string path, DatabasePlace database, RandomSource random)
    {
        if (File.Exists(database.File))
        {
            throw new SettingsException(
                $"The database {database.File} is there, but its master key {path} is not: put the key back, "
                    + "or give it as Turnstone:MasterKey. A new one would end every session and open nothing."
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
