using System.Diagnostics.CodeAnalysis;
using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Authorization;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Directory.Trust;
using Turnstone.Foreign;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>Registers the core and its store.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCore(this IServiceCollection services, ServerSettings settings) =>
        services
            .AddSingleton(settings)
            .AddSingleton(settings.Turnstone)
            .AddSingleton(settings.Turnstone.Contracts)
            .AddSingleton(settings.Turnstone.Contracts.List)
            .AddSingleton(
                new ContractTerms(settings.Turnstone.Contracts.All.All.Select(settings.Turnstone.Contracts.TermsOf))
            )
            .AddSingleton(settings.Turnstone.Portal)
            .AddSingleton(new TrustSettings(HttpTaken: !settings.Production))
            .AddSingleton(new AccountScopes(Scopes.Of(settings.Turnstone.AccountScopes)))
            .AddSingleton(settings.Turnstone.ToDefaultApi())
            .AddSingleton(new DatabaseTime(TimeProvider.System))
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseTime>())
            .AddSingleton(RandomSource.System)
            .AddSingleton(_ => MasterKeys.Load(settings))
            .AddStore(settings)
            .AddKeysAndTokens(settings.Turnstone)
            .AddLimits(settings.Turnstone.Limits)
            .AddForeignDocuments()
            .AddCredentials(settings.Turnstone.Passwords)
            .AddSingleton(_ => settings.Turnstone.Clients.ToPolicy(settings.Turnstone.Issuer, settings.Production))
            .AddSingleton<MetadataClients>()
            .AddSingleton(settings.Turnstone.Clients.ToRegistration())
            .AddSingleton<Registrations>()
            .AddGrants()
            .AddAdministration()
            .AddSingleton<ValidatedToken>()
            .AddSingleton<Readiness>()
            .AddSingleton<ScopeCheck>()
            .AddSingleton<SeenByServer>()
            .AddSingleton<RequestMeter>()
            .AddSingleton<UnavailableLog>();

    private static IServiceCollection AddStore(this IServiceCollection services, ServerSettings settings) =>
        services
            .AddSingleton(provider =>
            {
                // The master key comes first: without it the store is not opened.
                _ = provider.GetRequiredService<MasterKeyRing>();
                return Store.Open(
                    settings.Turnstone.Storage.ToOptions(settings.Database),
                    provider.GetRequiredService<DatabaseTime>(),
                    provider.GetRequiredService<RandomSource>(),
                    provider.GetRequiredService<ILoggerFactory>()
                );
            })
            .AddSingleton(provider => provider.GetRequiredService<Store>().Sessions)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Audit)
            .AddSingleton(provider => provider.GetRequiredService<Store>().SealedLog)
            .AddSingleton<AuditSeal>()
            .AddSingleton<AuditKeys>()
            .AddSingleton<CheckpointFile>()
            .AddSingleton(provider => provider.GetRequiredService<Store>().Usage)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Accounts)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Clients)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Apis)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Subscriptions)
            .AddSingleton(provider => provider.GetRequiredService<Store>().ApiKeys)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Codes)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Devices)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Consents)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Delegations)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Trust)
            .AddSingleton(provider => provider.GetRequiredService<Store>().IdentityProviders)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Endings)
            .AddSingleton(provider => provider.GetRequiredService<Store>().SigningKeys)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Clock)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Letters)
            .AddSingleton(provider => provider.GetRequiredService<Store>().LogoutNotices)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Spent)
            .AddSingleton(provider => provider.GetRequiredService<Store>().PushedRequests)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Sectors)
            .AddSingleton(provider => provider.GetRequiredService<Store>().Changes);

    private static IServiceCollection AddKeysAndTokens(this IServiceCollection services, TurnstoneSettings settings) =>
        services
            .AddSingleton(new KeyCalendar { RotationPeriod = TimeSpan.FromDays(settings.Keys.RotationDays) })
            .AddSingleton(
                new IssuerAndAudience(settings.Issuer, settings.Audience)
                {
                    NamesContract = settings.ValidationAnswers is ValidationAnswers.Full,
                    CarriesOrigin = settings.ReopensForgottenSessions,
                }
            )
            .AddSingleton<SigningKeyRing>()
            .AddSingleton<JsonWebKeys>()
            .AddSingleton<RevocationMeter>()
            .AddSingleton(
                settings.Limits.ToRevocationBounds() with
                {
                    LongestSilence =
                        settings.WhenCutOff is CutOff.Refuse ? TimeSpan.FromSeconds(settings.CutOffSeconds) : null,
                }
            )
            .AddSingleton<RevokedSessions>()
            .AddSingleton<RevocationLog>()
            .AddSingleton<IRevokedTokens>(provider => provider.GetRequiredService<RevokedSessions>())
            .AddSingleton<AccessTokenWriter>()
            .AddSingleton<IdTokenWriter>()
            .AddSingleton<IntrospectionWriter>()
            .AddSingleton<IdTokenHintReader>()
            .AddSingleton<LogoutTokenWriter>()
            .AddSingleton<AccessTokenReader>()
            .AddSingleton(new DpopPolicy(settings.RequireDpopNonces))
            .AddSingleton(new DpopKeys())
            .AddSingleton<DpopNonces>()
            .AddSingleton<DpopCheck>();

    private static IServiceCollection AddLimits(this IServiceCollection services, LimitsSettings limits) =>
        services
            .AddSingleton(limits.ToLoginThrottle())
            .AddSingleton(limits.ToRequestLimits())
            .AddSingleton(limits.ToSteering())
            .AddSingleton(limits.ToUserCodeLimits())
            .AddSingleton<UserCodeLimits>()
            .AddSingleton<LoginThrottle>()
            .AddSingleton<RequestLimits>()
            .AddSingleton<LoginSteering>();

    private static IServiceCollection AddForeignDocuments(this IServiceCollection services) =>
        services
            .AddSingleton(provider => OutboundRules.Of(provider.GetRequiredService<ServerSettings>()))
            .AddSingleton(ForeignDocumentBounds.Usual)
            .AddSingleton<IForeignDocuments, ForeignDocuments>()
            .AddSingleton<ForeignKeys>();

    private static IServiceCollection AddCredentials(this IServiceCollection services, PasswordSettings passwords) =>
        services
            .AddSingleton(passwords.ToLane())
            .AddSingleton(provider => new PasswordLane(
                provider.GetRequiredService<PasswordLaneSettings>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<UnavailableLog>().PasswordLaneFull
            ))
            .AddSingleton(provider => new PasswordHashing(provider.GetRequiredService<RandomSource>(), Argon2id.Load()))
            .AddSingleton<PasswordCheck>()
            .AddSingleton<KnownNetworks>()
            .AddSingleton<ApiKeys>()
            .AddSingleton<Subscriptions>()
            .AddSingleton<Products>()
            .AddSingleton<Apis>()
            .AddSingleton<PairwiseSubjects>()
            .AddSingleton<SubscriptionGate>()
            .AddSingleton<DirectKeys>()
            .AddSingleton<Clients>()
            .AddSingleton(provider => new ApplicationRules(
                provider.GetRequiredService<PortalSettings>().OfferedScopes,
                provider.GetRequiredService<Apis>()
            ))
            .AddSingleton<OwnApplications>()
            .AddSingleton<ClientDirectory>()
            .AddSingleton<SecretProof>()
            .AddSingleton<ClientKeys>()
            .AddSingleton<AssertionProof>()
            .AddSingleton<TrustDirectory>()
            .AddSingleton<IssuerKeys>()
            .AddSingleton<TrustProof>()
            .AddSingleton<OwnTrust>()
            .AddSingleton<ClientAuthentication>()
            .AddSingleton<OneTimeCodes>();

    private static IServiceCollection AddAdministration(this IServiceCollection services) =>
        services
            .AddSingleton<AccountAdministration>()
            .AddSingleton<ClientAdministration>()
            .AddSingleton<Endings>()
            .AddSingleton<ProductCatalogue>()
            .AddSingleton<ApiCatalogue>()
            .AddSingleton<IdentityProviders>()
            .AddSingleton<SubscriptionApproval>();

    private static IServiceCollection AddGrants(this IServiceCollection services) =>
        services
            .AddSingleton<GrantMeter>()
            .AddSingleton<AttemptRecord>()
            .AddSingleton<TokenIssuer>()
            .AddSingleton<TokenTargets>()
            .AddSingleton<Reopening>()
            .AddSingleton<IdTokens>()
            .AddSingleton<PossessionProof>()
            .AddSingleton<ProofCommit>()
            .AddSingleton<TokenPipeline>()
            .AddSingleton<GrantTypes>()
            .AddSingleton<ClientProof>()
            .AddSingleton<SiegePasses>()
            .AddSingleton<ThrottledPasswordCheck>()
            .AddSingleton<LogoutNotices>()
            .AddSingleton<SessionRevocation>()
            .AddSingleton<OwnSessions>()
            .AddSingleton<ActingClients>()
            .AddSingleton<SignInSessions>()
            .AddSingleton<TokenRevocation>()
            .AddSingleton<TokenIntrospection>()
            .AddSingleton<PushedRequests>()
            .AddSingleton<Authorizations>()
            .AddSingleton<DeviceAuthorizations>()
            .AddSingleton<CodeExchange>()
            .AddSingleton<VouchedPerson>()
            .AddGrant<PasswordGrant>()
            .AddGrant<ApiKeyGrant>()
            .AddGrant<OnBehalfGrant>()
            .AddGrant<CodeGrant>()
            .AddGrant<ClientCredentialsGrant>()
            .AddGrant<RefreshGrant>()
            .AddGrant<DeviceCodeGrant>()
            .AddGrant<TokenExchangeGrant>()
            .AddGrant<JwtBearerGrant>();

    /// <summary>
    /// The one line of a grant. One with a <c>grant_type</c> is offered at the token endpoint and named in its
    /// discovery, in the order of these lines.
    /// </summary>
    public static IServiceCollection AddGrant<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T
    >(this IServiceCollection services)
        where T : Grant => services.AddSingleton<T>().AddSingleton<Grant>(provider => provider.GetRequiredService<T>());
}
