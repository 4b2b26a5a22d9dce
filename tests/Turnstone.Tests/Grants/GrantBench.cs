using Microsoft.Extensions.Time.Testing;
using Turnstone.Audit;
using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Testing;
using Turnstone.Tests.Directory;
using Turnstone.Tests.Tokens;
using Turnstone.Tests.Tokens.Keys;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Grants;

/// <summary>The pipeline and every grant over a real store in a file of its own.</summary>
internal sealed class GrantBench : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    public static readonly Caller Caller = new("192.0.2.7", "curl/8.5");

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-grants-").FullName;
    private readonly PasswordHashing hashing = new(RandomSource.System, Argon2id.Load(new Argon2Cost(64, 1, 1)));
    private readonly PasswordLane lane = new(new PasswordLaneSettings(), TimeProvider.System);
    private readonly RevocationMeter revocations = new();

    private GrantBench(
        SigningKeyRing ring,
        RequestLimitSettings limits,
        LoginSteeringSettings steering,
        FakeTimeProvider time
    )
    {
        Time = time;
        Store = Store.Open(
            new StoreOptions { ConnectionString = $"Data Source={folder}/store.db" },
            Time,
            RandomSource.System
        );
        var request = new RequestLimits(limits, RandomSource.System, Time);
        var throttle = new LoginThrottle(new LoginThrottleSettings(), RandomSource.System, Time);
        var record = new AttemptRecord(Store.Audit, request, Store.Usage, Meter, Time);
        Revoked = new RevokedSessions(Store.Sessions, Store.Changes, new RevocationBounds(), revocations, Time);
        Directory = new ClientDirectory(Store.Clients, Store.Changes, Time);
        ApiKeys = new ApiKeys(Store.ApiKeys, Keys, Store.Changes, RandomSource.System, Time);
        Codes = new OneTimeCodes(Store.Codes, Keys, RandomSource.System, Time);
        Products = new Products(Store.Subscriptions);
        Apis = NoApis.For(TokenBench.Issuer.Audience, Store.Apis);
        var targets = new TokenTargets(Apis);
        var subjects = new PairwiseSubjects(Store.Sectors, RandomSource.System);
        Programs = new ClientCredentialsGrant(Apis);
        Issuer = new TokenIssuer(
            new AccessTokenWriter(ring, TokenBench.Issuer),
            ring,
            Keys,
            TokenBench.Issuer,
            Products,
            Apis,
            RandomSource.System
        );
        Possession = new PossessionProof(
            new DpopCheck(new DpopKeys(), new DpopNonces(Keys, Time), Store.Spent, Time, new DpopPolicy())
        );
        var commit = new ProofCommit(
            Store.Sessions,
            new SessionRevocation(
                Store.Sessions,
                Store.Consents,
                Revoked,
                new LogoutNotices(Store.LogoutNotices, Directory, Keys, RandomSource.System, Time),
                Time
            ),
            new LoginSteering(steering, Time),
            Store.Audit,
            Store.Accounts,
            Store.ApiKeys,
            Store.Delegations,
            new Reopening(Store.Sessions, Store.Accounts, Store.ApiKeys, Directory, subjects, Time),
            Issuer,
            targets,
            new IdTokens(new IdTokenWriter(ring, TokenBench.Issuer), ring),
            Time
        );
        Pipeline = new TokenPipeline(
            new ClientAuthentication(
                Directory,
                null!,
                new SecretProof(Keys),
                new AssertionProof(null!, Store.Spent, request, Time),
                null!
            ),
            Possession,
            request,
            commit,
            record,
            [Told],
            Meter
        );
        Counts = new GrantCounts(Meter);
        var networks = new KnownNetworks(Store.Accounts, Keys);
        Passwords = new PasswordGrant(
            new ThrottledPasswordCheck(
                new PasswordCheck(Store.Accounts, hashing, lane),
                throttle,
                new SiegePasses(Store.Accounts, networks),
                networks
            ),
            Products,
            AccountScopes
        );
        Logins = new ApiKeyGrant(ApiKeys);
        Exchanges = new CodeGrant(
            Codes,
            new Turnstone.Grants.CodeExchange(Store.Sessions, AccountScopes, subjects, Time),
            Time
        );
        Refreshes = new RefreshGrant(Store.Sessions, Keys, new ContractTerms([]), targets, Possession, Time);
        OnBehalf = new OnBehalfGrant(Store.Sessions, Store.Accounts, Directory, subjects, Time);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; }

    public Store Store { get; }

    public PossessionProof Possession { get; }

    public Products Products { get; }

    /// <summary>None, so that the scopes of a test's tokens are those that the test gave.</summary>
    public AccountScopes AccountScopes { get; } = new(Scopes.None);

    public MasterKeyRing Keys { get; } = new(FirstKeys.Master);

    public GrantMeter Meter { get; } = new();

    public CopyNotices Told { get; } = new();

    public GrantCounts Counts { get; }

    public RevokedSessions Revoked { get; }

    public ClientDirectory Directory { get; }

    public ApiKeys ApiKeys { get; }

    public OneTimeCodes Codes { get; }

    public TokenIssuer Issuer { get; }

    public TokenPipeline Pipeline { get; }

    public PasswordGrant Passwords { get; }

    public ApiKeyGrant Logins { get; }

    public CodeGrant Exchanges { get; }

    public ClientCredentialsGrant Programs { get; }

    public Apis Apis { get; }

    public RefreshGrant Refreshes { get; }

    public OnBehalfGrant OnBehalf { get; }

    public static Terms Terms { get; } =
        new()
        {
            Contract = "family",
            AccessLifetime = TimeSpan.FromMinutes(15),
            RefreshLifetime = TimeSpan.FromHours(1),
        };

    public static async Task<GrantBench> StartAsync(
        RequestLimitSettings? limits = null,
        LoginSteeringSettings? steering = null
    )
    {
        var time = new FakeTimeProvider();
        var ring = FirstKeys.Ring(new InMemorySigningKeyStore(await FirstKeys.RecordsAsync()), time);
        await ring.LoadAsync(Cancel);
        var bench = new GrantBench(ring, limits ?? new(), steering ?? new(), time);
        await bench.Store.Migrations.ApplyAsync(Cancel);
        await bench.Revoked.RefreshAsync(Cancel);
        return bench;
    }

    /// <summary>Whether the access tokens of a session are refused.</summary>
    public bool Refuses(Session session) =>
        Revoked.Contains(session.Id, session.Holders, session.OpenedAfter, token: null);

    public async Task<Account> GivenAccountAsync(string email, bool confirmed = true)
    {
        Assert.True(EmailAddress.TryNormalize(email, out var normalized));
        var account = new Account
        {
            Id = RandomSource.System.NewId(Time.Now),
            Email = email,
            NormalizedEmail = normalized,
            EmailConfirmed = confirmed,
            PasswordHash = hashing.Hash(Password),
            SecurityStamp = "stamp",
            ConcurrencyStamp = "one",
            CreatedAt = Time.Now,
        };
        Assert.True((await Store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), Cancel)).IsCommitted);
        return account;
    }

    public Task ChangePasswordAsync(Guid account) =>
        ChangeAsync(account, one => one.PasswordHash = hashing.Hash("another password"));

    public Task DisableAsync(Guid account) => ChangeAsync(account, one => one.DisabledAt = Time.Now);

    /// <summary>A session as a grant has opened it, with its first tokens.</summary>
    public async Task<Issued> GivenSessionAsync(
        Account account,
        Client? client,
        string scopes = "read",
        string grant = GrantKind.Code,
        string contract = "family"
    )
    {
        var terms = Terms with { Contract = contract };
        var admission = new Admission
        {
            Grant = grant,
            Subject = $"{account.Id}",
            AccountId = account.Id,
            Client = client,
            Scopes = Scopes.Of(scopes.Split(' ')),
            Preconditions = new Preconditions(),
        };
        var session = Issuer.NewSession(admission, terms, Caller, Time.Now);
        var opened = await Store.Sessions.OpenAsync(session, admission.Preconditions, Entry(AuditEvent.Login), Cancel);
        Assert.True(opened.IsCommitted);
        return Issuer.Tokens(session, new TokenTarget(Apis.Default.Identifier, terms), Time.Now);
    }

    public async Task<Subscription> GivenSubscriptionAsync(Guid account)
    {
        var product = new Product(RandomSource.System.NewId(Time.Now), $"product of {account}", false, Time.Now);
        await Store.Subscriptions.SaveProductAsync(product, Entry(AuditEvent.ProductCreated), Cancel);
        var subscription = new Subscription
        {
            Id = RandomSource.System.NewId(Time.Now),
            AccountId = account,
            ProductId = product.Id,
            State = SubscriptionState.Active,
            PrimaryKeyHash = RandomSource.System.Bytes(32),
            SecondaryKeyHash = RandomSource.System.Bytes(32),
            CreatedAt = Time.Now,
        };
        Assert.True(
            (
                await Store.Subscriptions.SaveAsync(subscription, Entry(AuditEvent.SubscriptionCreated), Cancel)
            ).IsCommitted
        );
        return subscription with { Revision = 1 };
    }

    public async Task<(Client Client, PresentedClient Presented)> GivenClientAsync(
        string id = "shop",
        Func<Client, Client>? differently = null
    )
    {
        var client = new Client
        {
            Id = id,
            Name = id,
            GrantTypes = [CodeGrant.TypeName, RefreshGrant.TypeName, ClientCredentialsGrant.TypeName],
            Scopes = Scopes.Of(["read", "write"]),
            TokenTypes = ["user", "company"],
            CreatedAt = Time.Now,
        };
        var clients = new Clients(Store.Clients, Keys, RandomSource.System, Time);
        var minted = await clients.CreateAsync(differently?.Invoke(client) ?? client, null, Caller, Cancel);
        return (minted!.Client, new PresentedClient(id, minted.Secret));
    }

    public static TokenRequest Request(Grant grant, GrantInput input) =>
        new()
        {
            Grant = grant,
            Terms = Terms,
            Caller = Caller,
            Input = _ => input,
        };

    public ValueTask<Outcome<Issued>> AskAsync(TokenRequest request) => Pipeline.AskAsync(request, Cancel);

    public async Task<Issued> GrantedAsync(TokenRequest request)
    {
        Assert.True((await AskAsync(request)).Granted(out var issued, out var refusal), $"{refusal}");
        return issued;
    }

    public async Task<Refusal> RefusedAsync(TokenRequest request)
    {
        Assert.False((await AskAsync(request)).Granted(out _, out var refusal));
        return refusal;
    }

    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(params AuditEvent[] events) =>
        await Store.Audit.ReadAsync(new AuditQuery { Events = events }, Cancel);

    public async Task<long> UsageAsync(UsageHolder holder, UsageOutcome outcome)
    {
        var day = DateOnly.FromDateTime(Time.Now.UtcDateTime);
        return (await Store.Usage.ReadAsync(holder, day, day, Cancel))
            .Where(row => row.Outcome == outcome)
            .Sum(row => row.Count);
    }

    public async Task<Session> SessionAsync(SessionId id) => (await Store.Sessions.FindAsync(id, Cancel))!;

    public AuditEntry Entry(AuditEvent what) =>
        new()
        {
            Event = what,
            At = Time.Now,
            Caller = Caller,
        };

    private async Task ChangeAsync(Guid id, Action<Account> change)
    {
        var account = (await Store.Accounts.FindAsync(id, Cancel))!;
        change(account);
        var saved = await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel);
        Assert.True(saved.IsCommitted);
    }

    public async ValueTask DisposeAsync()
    {
        Counts.Dispose();
        Meter.Dispose();
        revocations.Dispose();
        ApiKeys.Dispose();
        Directory.Dispose();
        lane.Dispose();
        await Store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
