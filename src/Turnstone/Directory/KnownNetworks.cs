using Turnstone.Limits;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>
/// From which networks an account has signed in lately, kept with the account as keyed hashes: who reads the database
/// does not learn where somebody lives. Written only when a network is new, so a login usually writes nothing.
/// </summary>
public sealed class KnownNetworks(IAccountStore accounts, MasterKeyRing keys)
{
    private const string Purpose = "known network";
    private const int Most = 8;
    private const int HashSize = 12;

    public bool Has(Account account, string network)
    {
        ArgumentNullException.ThrowIfNull(account);
        var hashes = keys.Hashes(Purpose, Secret(account, network));
        return account.KnownNetworks.Any(known => hashes.Any(hash => hash.AsSpan(0, HashSize).SequenceEqual(known)));
    }

    /// <summary>Adds the network of a right password, in place of the oldest.</summary>
    public async Task RememberAsync(Account account, string network, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (Has(account, network))
        {
            return;
        }

        var hash = keys.Hash(Purpose, Secret(account, network))[..HashSize];
        try
        {
            await accounts.SetKnownNetworksAsync(
                account.Id,
                [.. account.KnownNetworks.TakeLast(Most - 1), hash],
                cancellationToken
            );
        }
        catch (StoreUnavailableException)
        {
            // The login does not depend on it, and the next one remembers.
        }
    }

    private static string Secret(Account account, string network) => $"{account.Id}\n{NetworkPrefix.Site(network)}";
}
