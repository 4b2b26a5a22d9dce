using System.Diagnostics;

namespace Turnstone.Server.Operations.Setup;

/// <summary>The user that the unit runs as. What root makes for it has to be its own.</summary>
internal static class ServiceUser
{
    public const string Name = "turnstone";

    /// <summary>Gives a folder and all in it to the user; false where there is no such user.</summary>
    public static async Task<bool> TryGiveAsync(string folder, CancellationToken cancellationToken)
    {
        if (
            !File.Exists("/etc/passwd")
            || !File.ReadLines("/etc/passwd").Any(line => line.StartsWith($"{Name}:", StringComparison.Ordinal))
        )
        {
            return false;
        }

        using var chown = Process.Start("chown", ["-R", $"{Name}:", folder]);
        await chown.WaitForExitAsync(cancellationToken);
        return chown.ExitCode == 0;
    }
}
