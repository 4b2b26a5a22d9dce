using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Turnstone.Peers;

/// <summary>
/// Client secrets by one hash. Its own manager derives them as passwords are (PBKDF2), at every request, which would be
/// most of what is measured; no other server here does, and a random secret needs it not.
/// </summary>
internal sealed class PlainSecrets<TApplication>(
    IOpenIddictApplicationCache<TApplication> cache,
    ILogger<OpenIddictApplicationManager<TApplication>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<TApplication> store
) : OpenIddictApplicationManager<TApplication>(cache, logger, options, store)
    where TApplication : class
{
    protected override ValueTask<string> ObfuscateClientSecretAsync(
        string secret,
        CancellationToken cancellationToken = default
    ) => new(Convert.ToHexString(Hash(secret)));

    protected override ValueTask<bool> ValidateClientSecretAsync(
        string secret,
        string comparand,
        CancellationToken cancellationToken = default
    ) => new(CryptographicOperations.FixedTimeEquals(Hash(secret), Convert.FromHexString(comparand)));

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
