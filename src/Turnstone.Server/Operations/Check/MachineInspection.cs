using System.Globalization;
using Turnstone.Credentials.Passwords;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Check;

/// <summary>Disk space where the store is, the limit of open files, and libargon2.</summary>
internal sealed class MachineInspection(ServerSettings settings) : Inspection("machine")
{
    private const long Mebibyte = 1024 * 1024;
    private const long Little = 1024 * Mebibyte;
    private const long TooLittle = 100 * Mebibyte;

    public override Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        if (settings.Database.Folder is { } folder)
        {
            found.Add(Space(folder));
        }

        if (OpenFiles.Read() is { } files)
        {
            var wanted = settings.Turnstone.Connections.Total + files.Open + OpenFiles.Reserve;
            found.Add(
                files.Limit >= wanted
                    ? Ok($"This process may open {files.Limit} files.")
                    : Warning(
                        $"This process may open {files.Limit} files, too few for "
                            + $"{settings.Turnstone.Connections.Total} connections.",
                        $"Raise the limit to {wanted} or more (ulimit -n, LimitNOFILE)."
                    )
            );
        }

        found.Add(Passwords());
        return Task.FromResult<IReadOnlyList<Finding>>(found);
    }

    private Finding Passwords()
    {
        try
        {
            return Argon2id.Load().IsSecondChoice
                ? Warning(
                    "libargon2 is not installed: the program's own libsodium hashes passwords, which takes longer.",
                    "Install it (Debian: libargon2-1)."
                )
                : Ok("libargon2 is there: passwords are hashed with Argon2id.");
        }
        catch (DllNotFoundException missing)
        {
            return Failed(missing.Message, "Install it: without it no server starts.");
        }
    }

    private Finding Space(string folder)
    {
        // The folder may have to be made; the disk is that of the folder above.
        var there = folder;
        while (!System.IO.Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            there = above;
        }

        var free = new DriveInfo(there).AvailableFreeSpace;
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{free / Mebibyte} MiB are free at {there}.");
        return free < TooLittle ? Failed(sentence, "Make room: without it nobody can sign in or refresh.")
            : free < Little ? Warning(sentence, "Make room before it is full.")
            : Ok(sentence);
    }
}
