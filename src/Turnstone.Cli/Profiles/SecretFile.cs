using System.Text.Json;

namespace Turnstone.Cli.Profiles;

/// <summary>
/// The secrets of a profile: what each refresh has to show, and what --keep keeps. They are for one server and one
/// contract, which stand beside them: a profile that names another now does not get them.
/// </summary>
internal sealed record SecretFile
{
    public string? Server { get; init; }

    public string? Contract { get; init; }

    public Dictionary<string, string>? Secrets { get; init; }

    public static Dictionary<string, string> Read(Folders folders, string name, Profile profile)
    {
        var path = folders.SecretsOf(name);
        try
        {
            var read = PrivateFile.Read(path) is { } text
                ? JsonSerializer.Deserialize(text, ProfileJson.Default.SecretFile)
                : null;
            return read?.Server == profile.Address.AbsoluteUri && read.Contract == profile.Contract
                ? read.Secrets ?? []
                : [];
        }
        catch (JsonException)
        {
            // Without the inner exception: its message may quote what is stored.
            throw new CliException(ExitCode.Files, "files", $"{path} cannot be read. Delete it and log in again.");
        }
    }

    public static void Write(Folders folders, string name, Profile profile, Dictionary<string, string> secrets)
    {
        if (secrets.Count == 0)
        {
            Delete(folders, name);
            return;
        }

        var all = new SecretFile
        {
            Server = profile.Address.AbsoluteUri,
            Contract = profile.Contract,
            Secrets = secrets,
        };
        PrivateFile.Write(folders.SecretsOf(name), JsonSerializer.Serialize(all, ProfileJson.Default.SecretFile));
    }

    public static void Delete(Folders folders, string name) => PrivateFile.Delete(folders.SecretsOf(name));

    public override string ToString() => "SecretFile (redacted)";
}
