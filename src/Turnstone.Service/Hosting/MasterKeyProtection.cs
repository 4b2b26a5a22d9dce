using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// ASP.NET Core's data protection (cookies, confirmation links) under the master key. Any node can open what another
/// has sealed, and there is no second key ring to store, share and back up.
/// </summary>
public sealed class MasterKeyProtection(MasterKeyRing keys, RandomSource random) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) =>
        new Protector(keys, random, Under("data protection", purpose));

    /// <summary>Replaces the default provider, and the service that would create its keys at start.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider, MasterKeyProtection>());
        foreach (
            var starter in services
                .Where(service => service.ImplementationType?.Name == "DataProtectionHostedService")
                .ToList()
        )
        {
            services.Remove(starter);
        }
    }

    // The lengths distinguish ("a", "bc") from ("ab", "c").
    private static string Under(string parent, string purpose) => $"{parent}\n{purpose.Length}:{purpose}";

    private sealed class Protector(MasterKeyRing keys, RandomSource random, string purpose) : IDataProtector
    {
        public IDataProtector CreateProtector(string inner) => new Protector(keys, random, Under(purpose, inner));

        public byte[] Protect(byte[] plaintext) => keys.Seal(purpose, plaintext, random);

        /// <exception cref="CryptographicException">The text was not sealed under these keys, or for another
        /// purpose.</exception>
        public byte[] Unprotect(byte[] protectedData) => keys.Open(purpose, protectedData);
    }
}
