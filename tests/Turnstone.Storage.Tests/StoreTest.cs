using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Storage.Tests;

/// <summary>
/// What the tests of every store share: the store under test, and things to put in it that differ from each other.
/// </summary>
public abstract class StoreTest(TestDatabase database)
{
    protected static readonly Caller Caller = new("192.0.2.7", "curl/8.5");

    protected TestDatabase Database => database;

    protected Store Store => database.Store;

    protected FakeMachineClock Time => database.Time;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected Guid NewId() => RandomSource.System.NewId(Time.Now);

    protected static byte[] NewHash() => RandomSource.System.Bytes(32);

    protected AuditEntry Entry(AuditEvent what = AuditEvent.Login, Guid? account = null) =>
        new()
        {
            Event = what,
            At = Time.Now,
            Caller = Caller,
            AccountId = account,
        };

    protected AuditEntry Alarm(RotationDecision decision) =>
        Entry(
            decision.Kind switch
            {
                RotationKind.Reuse => AuditEvent.RefreshReuse,
                RotationKind.Replay => AuditEvent.CopySuspected,
                _ => AuditEvent.StoreForgot,
            }
        ) with
        {
            SessionId = decision.Session!.Id,
            Detail = $"distance {decision.Distance}",
        };

    protected Account NewAccount()
    {
        var id = NewId();
        return new Account
        {
            Id = id,
            Email = $"{id:n}@example.test",
            NormalizedEmail = $"{id:n}@EXAMPLE.TEST".ToUpperInvariant(),
            PasswordHash = "$argon2id$first",
            SecurityStamp = "stamp",
            ConcurrencyStamp = "one",
            CreatedAt = Time.Now,
        };
    }

    protected async Task<Account> GivenAccountAsync()
    {
        var account = NewAccount();
        Assert.True((await Store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), Cancel)).IsCommitted);
        return account;
    }

    protected async Task<Client> GivenClientAsync(Guid? owner = null)
    {
        var client = new Client
        {
            Id = $"client-{NewId():n}",
            Name = "Shop",
            OwnerId = owner,
            CreatedAt = Time.Now,
            Secrets = [new ClientSecret(NewHash(), "abc", Time.Now)],
        };
        await Store.Clients.SaveAsync(client, Entry(AuditEvent.ClientCreated), Cancel);
        return (await Store.Clients.FindAsync(client.Id, Cancel))!;
    }

    protected ApiKey NewApiKey(Guid account) =>
        new()
        {
            Id = NewId(),
            AccountId = account,
            Name = "ci",
            Hash = NewHash(),
            Hint = "tsk_ab",
            Scopes = Scopes.Of(["individuals.read", "openid"]),
            CreatedAt = Time.Now,
            FreezesAt = Time.Now.AddDays(90),
        };

    protected async Task<ApiKey> GivenApiKeyAsync(Guid? account = null)
    {
        var key = NewApiKey(account ?? (await GivenAccountAsync()).Id);
        Assert.True((await Store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), Cancel)).IsCommitted);
        return key with { Revision = 1 };
    }

    protected async Task<Product> GivenProductAsync()
    {
        var product = new Product(NewId(), $"product-{NewId():n}", true, Time.Now);
        await Store.Subscriptions.SaveProductAsync(product, Entry(AuditEvent.ProductCreated), Cancel);
        return product;
    }

    protected async Task<Subscription> GivenSubscriptionAsync()
    {
        var subscription = new Subscription
        {
            Id = NewId(),
            AccountId = (await GivenAccountAsync()).Id,
            ProductId = (await GivenProductAsync()).Id,
            State = SubscriptionState.Active,
            PrimaryKeyHash = NewHash(),
            SecondaryKeyHash = NewHash(),
            CreatedAt = Time.Now,
        };
        Assert.True(
            (
                await Store.Subscriptions.SaveAsync(subscription, Entry(AuditEvent.SubscriptionCreated), Cancel)
            ).IsCommitted
        );
        return subscription with { Revision = 1 };
    }

    protected async Task<OneTimeCode> GivenCodeAsync(Account account, string? client = null)
    {
        var code = new OneTimeCode
        {
            Hash = NewHash(),
            Contract = "auth",
            AccountId = account.Id,
            AccountEpoch = account.Epoch,
            ClientId = client,
            ExpiresAt = Time.Now.AddMinutes(1),
        };
        await Store.Codes.AddAsync(code, Entry(AuditEvent.CodeMinted), Cancel);
        return code;
    }

    internal static Terms Terms { get; } =
        new()
        {
            Contract = "auth",
            AccessLifetime = TimeSpan.FromMinutes(15),
            RefreshLifetime = TimeSpan.FromHours(1),
        };

    protected Session NewSession(Guid? account = null, string? client = null, Guid? apiKey = null) =>
        new()
        {
            Id = new SessionId(NewId()),
            Contract = Terms.Contract,
            Grant = GrantKind.Password,
            Subject = "ada",
            AccountId = account,
            ClientId = client,
            ApiKeyId = apiKey,
            Scopes = Scopes.Of(["openid"]),
            Refreshable = true,
            CreatedAt = Time.Now,
            AdvancedAt = Time.Now,
            AccessExpiresAt = Time.Now + Terms.AccessLifetime,
            RefreshExpiresAt = Time.Now + Terms.RefreshLifetime,
            LastUsedAt = Time.Now,
            OpenedBy = Caller,
        };

    protected async Task OpenAsync(Session session, Store? store = null) =>
        Assert.True(
            await CommittedAsync(
                (store ?? Store).Sessions.OpenAsync(session, new Preconditions(), Entry(AuditEvent.Login), Cancel)
            )
        );

    protected async Task<Session> GivenSessionAsync(Guid? account = null, string? client = null, Guid? apiKey = null)
    {
        var session = NewSession(account, client, apiKey);
        Assert.True((await Store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel)).IsCommitted);
        return session;
    }

    protected static RefreshAttempt Attempt(Session session, uint generation, byte[]? keyHash = null) =>
        new(new RefreshToken(session.Id, generation), session.ClientId, keyHash, Terms);

    protected Task<RotationDecision> RefreshAsync(Session session, uint generation, Store? store = null) =>
        (store ?? Store).Sessions.RotateAsync(Attempt(session, generation), Alarm, Cancel);

    protected static async Task<bool> CommittedAsync(Task<Receipt> change) => (await change).IsCommitted;
}
