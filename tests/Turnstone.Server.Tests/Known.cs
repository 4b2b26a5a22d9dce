using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Hosting;

namespace Turnstone.Server.Tests;

/// <summary>The customers that the tests know, with secrets that they know too.</summary>
public sealed class Known(IServiceProvider all) : IPreparationStep
{
    public const string Email = "ada@example.test";
    public const string Password = "correct horse battery staple";
    public const string SubscriptionKey = "0123456789abcdef0123456789abcdef";
    public const string SecondaryKey = "fedcba9876543210fedcba9876543210";
    public const string InactiveSubscriptionKey = "11111111111111111111111111111111";
    public const string ApiKey = "any string may be imported";
    public const string ClientId = "shop";
    public const string ClientSecret = "the secret of the shop, long enough";
    public const string PublicClientId = "app";
    public const string RedirectUri = "http://127.0.0.1:8500/callback";

    /// <summary>Another customer: its account, subscription, key and client must not reach the first one's.</summary>
    public const string OtherEmail = "grace@example.test";
    public const string OtherSubscriptionKey = "22222222222222222222222222222222";
    public const string OtherClientId = "depot";
    public const string OtherClientSecret = "the secret of the depot, long enough";

    public static Task<Account?> AccountAsync(IServiceProvider services, string email = Email) =>
        services
            .GetRequiredService<IAccountStore>()
            .FindByEmailAsync(Normal(email), TestContext.Current.CancellationToken);

    /// <summary>One more account, with <see cref="Password"/> and a subscription of its own.</summary>
    public static async Task AddAsync(IServiceProvider services, string email, string subscriptionKey)
    {
        var cancel = TestContext.Current.CancellationToken;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var id = await AddAccountAsync(services, email, Password, now, cancel);
        var product = (await services.GetRequiredService<ISubscriptionStore>().ListProductsAsync(cancel))[0];
        var secondary = new string([.. subscriptionKey.Reverse()]);
        await AddSubscriptionAsync(
            services,
            id,
            product.Id,
            SubscriptionState.Active,
            subscriptionKey,
            secondary,
            cancel
        );
    }

    /// <summary>Mints a one-time code as the portal does.</summary>
    public static async Task<string> CodeAsync(
        IServiceProvider services,
        string family,
        string? clientId = null,
        string? redirectUri = null,
        string? challenge = null,
        string scopes = "",
        TimeSpan? life = null
    ) =>
        await services
            .GetRequiredService<OneTimeCodes>()
            .MintAsync(
                new CodeOrder
                {
                    Contract = family,
                    Account = (await AccountAsync(services))!,
                    ClientId = clientId,
                    RedirectUri = redirectUri,
                    Challenge = challenge,
                    Scopes = Scopes.Of(scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                },
                life ?? TimeSpan.FromSeconds(60),
                new Caller("127.0.0.1"),
                TestContext.Current.CancellationToken
            );

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var services = all;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var random = services.GetRequiredService<RandomSource>();
        var product = new Product(random.NewId(now), "starter", ApprovalRequired: false, now)
        {
            Scopes = Scopes.Of(["individuals.read"]),
        };
        await services
            .GetRequiredService<ISubscriptionStore>()
            .SaveProductAsync(product, Entry(AuditEvent.ProductCreated, now), cancellationToken);

        var ada = await AddAccountAsync(services, Email, Password, now, cancellationToken);
        var grace = await AddAccountAsync(services, OtherEmail, Password, now, cancellationToken);
        await AddSubscriptionAsync(
            services,
            ada,
            product.Id,
            SubscriptionState.Active,
            SubscriptionKey,
            SecondaryKey,
            cancellationToken
        );
        await AddSubscriptionAsync(
            services,
            ada,
            product.Id,
            SubscriptionState.Suspended,
            InactiveSubscriptionKey,
            InactiveSubscriptionKey.Replace('1', '3'),
            cancellationToken
        );
        await AddSubscriptionAsync(
            services,
            grace,
            product.Id,
            SubscriptionState.Active,
            OtherSubscriptionKey,
            OtherSubscriptionKey.Replace('2', '4'),
            cancellationToken
        );
        await services
            .GetRequiredService<ApiKeys>()
            .ImportAsync(ada, "ci", Scopes.Of(["individuals.read"]), null, ApiKey, Caller.Operator, cancellationToken);

        var clients = services.GetRequiredService<Clients>();
        await clients.CreateAsync(Client(ClientId, isPublic: false), ClientSecret, Caller.Operator, cancellationToken);
        await clients.CreateAsync(
            Client(OtherClientId, isPublic: false),
            OtherClientSecret,
            Caller.Operator,
            cancellationToken
        );
        await clients.CreateAsync(Client(PublicClientId, isPublic: true), null, Caller.Operator, cancellationToken);
    }

    private static Client Client(string id, bool isPublic) =>
        new()
        {
            Id = id,
            Name = id,
            Public = isPublic,

            // As every client is that was there before PKCE was asked of all.
            PredatesPkce = !isPublic,
            RedirectUris = [RedirectUri],
            GrantTypes = isPublic
                ? ["authorization_code", "refresh_token"]
                : ["authorization_code", "refresh_token", "client_credentials"],
            Scopes = Scopes.Of(["openid", "profile", "email", "offline_access", "individuals.read"]),
            TokenTypes = ["user", "company"],
            CreatedAt = default,
        };

    private static async Task<Guid> AddAccountAsync(
        IServiceProvider services,
        string email,
        string password,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var account = new Account
        {
            Id = services.GetRequiredService<RandomSource>().NewId(now),
            Email = email,
            NormalizedEmail = Normal(email),
            EmailConfirmed = true,
            PasswordHash = services.GetRequiredService<PasswordHashing>().Hash(password),
            SecurityStamp = "stamp",
            ConcurrencyStamp = "stamp",
            CreatedAt = now,
        };
        Assert.True(
            (
                await services
                    .GetRequiredService<IAccountStore>()
                    .CreateAsync(account, Entry(AuditEvent.AccountCreated, now), cancellationToken)
            ).IsCommitted
        );
        return account.Id;
    }

    private static async Task AddSubscriptionAsync(
        IServiceProvider services,
        Guid account,
        Guid product,
        SubscriptionState state,
        string primary,
        string secondary,
        CancellationToken cancellationToken
    ) =>
        Assert.NotNull(
            await services
                .GetRequiredService<Subscriptions>()
                .ImportAsync(account, product, state, primary, secondary, Caller.Operator, cancellationToken)
        );

    private static string Normal(string email) =>
        EmailAddress.TryNormalize(email, out var normalized)
            ? normalized
            : throw new ArgumentException("Not an email.", nameof(email));

    private static AuditEntry Entry(AuditEvent what, DateTimeOffset now) =>
        new()
        {
            Event = what,
            At = now,
            Caller = Caller.Operator,
        };
}
