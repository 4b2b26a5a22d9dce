namespace Turnstone.Cli.Profiles;

/// <summary>
/// Where the files lie: settings and session apart, as the XDG base directories want it. Windows has places of its own.
/// </summary>
internal sealed record Folders(string Config, string State)
{
    public string Profiles => Path.Combine(Config, "profiles.json");

    /// <summary>The sessions: one file for each profile, for its owner alone.</summary>
    public string Sessions => Path.Combine(State, "sessions");

    public string SessionOf(string profile) => Path.Combine(Sessions, $"{profile}.json");

    /// <summary>The last access token of a session that has ended: the server tells by it what became of it.</summary>
    public string LastOf(string profile) => Path.Combine(Sessions, $"{profile}.last");

    /// <summary>What each refresh has to show, and what --keep keeps.</summary>
    public string SecretsOf(string profile) => Path.Combine(State, "secrets", $"{profile}.json");

    public static Folders OfEnvironment() =>
        new(
            Of("XDG_CONFIG_HOME", Environment.SpecialFolder.ApplicationData, ".config"),
            Of("XDG_STATE_HOME", Environment.SpecialFolder.LocalApplicationData, Path.Combine(".local", "state"))
        );

    private static string Of(string variable, Environment.SpecialFolder windows, string otherwise)
    {
        // A relative path is to be ignored, says the specification.
        var given = Environment.GetEnvironmentVariable(variable);
        var place =
            Path.IsPathFullyQualified(given ?? "") ? given!
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(windows)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), otherwise);
        return Path.Combine(place, "turnstone");
    }
}
