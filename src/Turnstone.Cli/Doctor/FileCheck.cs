using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Doctor;

/// <summary>The files of a profile: whether they can be read, and by nobody else.</summary>
internal static class FileCheck
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    public static IEnumerable<Finding> Of(Folders folders, string profile)
    {
        yield return OfOne("session folder", folders.Sessions, Directory.Exists(folders.Sessions));
        var session = folders.SessionOf(profile);
        yield return OfOne("session file", session, File.Exists(session));
        if (File.Exists(folders.SecretsOf(profile)))
        {
            yield return OfOne("secrets file", folders.SecretsOf(profile), there: true);
        }
    }

    private static Finding OfOne(string check, string path, bool there)
    {
        if (!there)
        {
            return new(check, false, $"{path} is not there. Log in: turnstone login.");
        }

        if (OperatingSystem.IsWindows())
        {
            return new(check, true, $"{path} is there; Windows keeps it with your user.");
        }

        var mode = File.GetUnixFileMode(path);
        return (mode & Others) == UnixFileMode.None
            ? new(check, true, $"{path} can be read by you alone.")
            : new(
                check,
                false,
                $"{path} can be reached by others. Take that away: chmod go= '{path}'; and if somebody may have read "
                    + "it, turnstone logout."
            );
    }
}
