using System.Text.Json;
using System.Text.Json.Serialization;

namespace Turnstone.Cli.Profiles;

/// <summary>All profiles, and which is the current one.</summary>
internal sealed record ProfileFile
{
    public const string Default = "default";

    public string Current { get; init; } = Default;

    public Dictionary<string, Profile> Profiles { get; init; } = [];

    public static ProfileFile Read(Folders folders)
    {
        if (PrivateFile.Read(folders.Profiles) is not { } text)
        {
            return new();
        }

        try
        {
            var read = JsonSerializer.Deserialize(text, ProfileJson.Default.ProfileFile) ?? new();
            read = new() { Current = read.Current ?? Default, Profiles = read.Profiles ?? [] };
            return read.Profiles.All(one => ProfileName.IsSound(one.Key) && one.Value?.IsSound is true)
                ? read
                : throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CliException(
                ExitCode.Files,
                "files",
                $"{folders.Profiles} cannot be read. Correct it, or delete it and log in again."
            );
        }
    }

    public void Write(Folders folders) =>
        PrivateFile.Write(folders.Profiles, JsonSerializer.Serialize(this, ProfileJson.Default.ProfileFile));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(ProfileFile))]
[JsonSerializable(typeof(SecretFile))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ProfileJson : JsonSerializerContext;
