using System.Security.Cryptography;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Check;

/// <summary>Whether the master key is there, is safe, and opens what the store has sealed under it.</summary>
internal sealed class KeyInspection(ServerSettings settings, Func<SigningKeyRing> open) : Inspection(Name)
{
    public const string Name = "key";

    public override async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        if (settings.Database.File is { } file && !File.Exists(file) && settings.Turnstone.MasterKey.Length == 0)
        {
            return [Warning("There is no store yet, so no master key was looked for.", "Run turnstone-server init.")];
        }

        if (settings.Database.File is null && settings.Turnstone.MasterKey.Length == 0)
        {
            // Without a file beside it the key is a setting, and the settings have said that it is missing.
            return [];
        }

        try
        {
            _ = MasterKeys.Load(settings);
        }
        catch (SettingsException wrong)
        {
            return
            [
                .. wrong.Problems.Select(problem => Failed(problem, "Restore the key from its copy, or set it right.")),
            ];
        }

        var place =
            settings.Turnstone.MasterKey.Length > 0 ? "the settings" : "its file, which only its owner can read";
        try
        {
            var keys = open();
            await keys.LoadAsync(cancellationToken);
            return [Ok($"The master key is in {place}, and opens the {keys.All.Count} signing keys of the store.")];
        }
        catch (CryptographicException foreign)
        {
            return
            [
                Failed(
                    foreign.Message,
                    "Put back the key that the store was made with, or name it in Turnstone:PreviousMasterKeys."
                ),
            ];
        }
        catch (Exception away) when (away is StoreUnavailableException or StoreTooNewException)
        {
            return [Ok($"The master key is in {place}. What it opens could not be read.")];
        }
    }
}
