using System.Security.Cryptography;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Check;

/// <summary>Whether the master key is there, is safe, and opens what the store has sealed under it.</summary>
internal sealed class KeyInspection(ServerSettings settings, Func<Store> open) : Inspection(Name)
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

        MasterKeyRing ring;
        try
        {
            ring = MasterKeys.Load(settings);
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
            var sealedKeys = await open().SigningKeys.ListAsync(cancellationToken);
            var foreign = sealedKeys.Where(record => !Opens(record, ring)).Select(record => record.Kid).ToList();
            return foreign.Count > 0
                ?
                [
                    Failed(
                        $"The master key is in {place}, and does not open {string.Join(", ", foreign)}.",
                        "Put back the key that the store was made with, or name it in Turnstone:PreviousMasterKeys."
                    ),
                ]
                : [Ok($"The master key is in {place}, and opens the {sealedKeys.Count} signing keys of the store.")];
        }
        catch (Exception away) when (away is StoreUnavailableException or StoreTooNewException)
        {
            return [Ok($"The master key is in {place}. What it opens could not be read.")];
        }
    }

    private static bool Opens(SigningKeyRecord record, MasterKeyRing ring)
    {
        try
        {
            _ = SigningKey.Open(record, ring);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
