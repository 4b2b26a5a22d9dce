using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations;

/// <summary>Secrets on the command line: everyone on the machine sees it in the list of processes.</summary>
internal static class SecretArguments
{
    /// <exception cref="SettingsException">A secret setting is among them; it names each, and no value.</exception>
    public static void Refuse(IEnumerable<string> words, ContractList contracts)
    {
        List<string> secrets = [.. SecretsOf(TurnstoneSettings.Section, new TurnstoneSettings(contracts))];
        List<string> given = [.. secrets.Where(secret => words.Any(word => Names(word, secret)))];
        if (given.Count > 0)
        {
            throw new SettingsException(given.Select(Sentence).ToList());
        }
    }

    private static IEnumerable<string> SecretsOf(string path, ISettings settings) =>
        SettingsReader
            .SettingsOf(settings.GetType())
            .Where(pair => pair.Setting.Secret)
            .Select(pair => $"{path}:{pair.Property.Name}")
            .Concat(
                SettingsReader.GroupsOf(settings).SelectMany(group => SecretsOf($"{path}:{group.Name}", group.Settings))
            );

    // Also with the section left out, which the parser would report with the value.
    private static bool Names(string word, string secret)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var name = word[2..].Split('=')[0];
        return IsOrHolds(name, secret) || IsOrHolds(name, secret[(TurnstoneSettings.Section.Length + 1)..]);
    }

    private static bool IsOrHolds(string name, string secret) =>
        name.Equals(secret, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith($"{secret}:", StringComparison.OrdinalIgnoreCase);

    private static string Sentence(string secret) =>
        $"{secret} is on the command line, which everyone on this machine can read in the list of processes: "
        + $"set it in the environment ({secret.Replace(":", "__", StringComparison.Ordinal)}=…) or in a file that "
        + "only its owner can read, and replace it if someone may have seen it.";
}
