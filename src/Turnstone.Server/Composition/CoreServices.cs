using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Abuse;
using Turnstone.AccessTokens;
using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Grants;
using Turnstone.Keys;
using Turnstone.Storage;

namespace Turnstone.Server.Composition;

/// <summary>The core, put together once: every part is a singleton, for none keeps anything of a request.</summary>
public static class CoreServices
{
    /// <param name="services">Where to.</param>
    /// <param name="store">The open store; the host migrates it before the first request and closes it after the last.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="settings">The rest.</param>
    public static IServiceCollection AddTurnstone(this IServiceCollection services, Store store, MasterKeyRing keys, CoreSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RandomSource.System);
        return services.AddStore(store).AddKeys(keys, settings).AddCredentials(settings).AddLimits(settings).AddGrants();
    }

    private static IServiceCollection AddStore(this IServiceCollection services, Store store) => services
        .AddSingleton(store)
        .AddSingleton(store.Sessions)
        .AddSingleton(store.Audit)
        .AddSingleton(store.Usage)
        .AddSingleton(store.Accounts)
        .AddSingleton(store.Clients)
        .AddSingleton(store.Subscriptions)
        .AddSingleton(store.ApiKeys)
        .AddSingleton(store.Codes)
        .AddSingleton(store.SigningKeys)
        .AddSingleton(store.Changes);

    private static IServiceCollection AddKeys(this IServiceCollection services, MasterKeyRing keys, CoreSettings settings) => services
        .AddSingleton(keys)
        .AddSingleton(settings.Issuer)
        .AddSingleton(settings.Calendar)
        .AddSingleton<SigningKeyRing>()
        .AddSingleton<JsonWebKeys>()
        .AddSingleton<RevokedSessions>()
        .AddSingleton<AccessTokenWriter>()
        .AddSingleton(provider => new AccessTokenReader(
            provider.GetRequiredService<SigningKeyRing>(),
            provider.GetRequiredService<TokenIssuer>(),
            provider.GetRequiredService<RevokedSessions>(),
            provider.GetRequiredService<TimeProvider>()));

    private static IServiceCollection AddCredentials(this IServiceCollection services, CoreSettings settings) => services
        .AddSingleton(settings.Passwords)
        .AddSingleton(provider => new PasswordHashing(provider.GetRequiredService<RandomSource>(), Argon2id.Load()))
        .AddSingleton<PasswordLane>()
        .AddSingleton<PasswordCheck>()
        .AddSingleton<ApiKeys>()
        .AddSingleton<Clients>()
        .AddSingleton<ClientDirectory>()
        .AddSingleton<ClientAuthentication>()
        .AddSingleton<Subscriptions>()
        .AddSingleton<SubscriptionGate>()
        .AddSingleton<OneTimeCodes>();

    private static IServiceCollection AddLimits(this IServiceCollection services, CoreSettings settings) => services
        .AddSingleton(settings.Logins)
        .AddSingleton(settings.Steering)
        .AddSingleton(settings.Requests)
        .AddSingleton<LoginThrottle>()
        .AddSingleton<LoginSteering>()
        .AddSingleton<RequestLimits>();

    private static IServiceCollection AddGrants(this IServiceCollection services) => services
        .AddSingleton<GrantMeter>()
        .AddSingleton<LoginDoor>()
        .AddSingleton<TokenDesk>()
        .AddSingleton<Revocation>()
        .AddSingleton<TokenRevocation>()
        .AddSingleton<PasswordGrant>()
        .AddSingleton<ApiKeyGrant>()
        .AddSingleton<CodeGrant>()
        .AddSingleton<ClientCredentialsGrant>()
        .AddSingleton<OnBehalfGrant>()
        .AddSingleton<RefreshGrant>();
}
