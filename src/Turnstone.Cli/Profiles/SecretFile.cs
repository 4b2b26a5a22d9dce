using System.Text.Json;

namespace Turnstone.Cli.Profiles;

/// <summary>The secrets of a profile: what each refresh has to show, and what --keep keeps.</summary>
internal static class SecretFile
{
    public static Dictionary<string, string> Read(Folders folders, string profile)
    {
        var path = folders.SecretsOf(profile);
        try
        {
            return PrivateFile.Read(path) is { } text
                ? JsonSerializer.Deserialize(text, ProfileJson.Default.DictionaryStringString) ?? []
                : [];
        }
        catch (JsonException)
        {
            // Without the inner exception: its message may quote what is stored.
            throw new CliException(ExitCode.Files, "files", $"{path} cannot be read. Delete it and log in again.");
        }
    }

    public static void Write(Folders folders, string profile, Dictionary<string, string> secrets)
    {
        var path = folders.SecretsOf(profile);
        if (secrets.Count == 0)
        {
            PrivateFile.Delete(path);
            return;
        }

        PrivateFile.Write(path, JsonSerializer.Serialize(secrets, ProfileJson.Default.DictionaryStringString));
    }
}
