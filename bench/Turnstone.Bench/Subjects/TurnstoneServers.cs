using System.Security.Cryptography;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Bench.Subjects;

/// <summary>
/// One or more Turnstone servers over one store, as they are shipped, with the limits raised that would stop one
/// network from asking so much. The bench opens the same store beside them to put sessions there that a real login
/// would have made, and to sign tokens to be validated.
/// </summary>
internal sealed class TurnstoneServers : IAsyncDisposable
{
    public const string Issuer = "https://id.example.test";

    private readonly Store store;
    private readonly MasterKeyRing masters;
    private Account? known;

    private TurnstoneServers(IReadOnlyList<DotnetServer> nodes, Store store, MasterKeyRing masters) =>
        (Nodes, this.store, this.masters) = (nodes, store, masters);

    public IReadOnlyList<DotnetServer> Nodes { get; }

    public static async Task<TurnstoneServers> StartAsync(
        string folder,
        string name,
        string connectionString,
        int nodes = 1,
        byte[]? masterKey = null,
        bool probed = true,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        masterKey ??= RandomNumberGenerator.GetBytes(32);
        var provisioning = Path.Combine(folder, $"{name}.json");
        await File.WriteAllTextAsync(provisioning, Customers.Provisioning().ToJsonString());
        File.SetUnixFileMode(provisioning, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            TimeProvider.System,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(CancellationToken.None);
        if (Layout.Node is not null)
        {
            var whole = Environment(connectionString, masterKey, provisioning);
            await using (await StartProgramAsync(Layout.Server, folder, $"{name}-whole", whole, probed: false))
            {
                // Applies the file, which the small node does not.
            }
        }

        var started = new List<DotnetServer>();
        for (var i = 0; i < nodes; i++)
        {
            var environment = Environment(connectionString, masterKey, i == 0 ? provisioning : null);
            foreach (var (setting, value) in settings ?? new Dictionary<string, string>())
            {
                environment[setting] = value;
            }

            started.Add(await StartNodeAsync(folder, nodes == 1 ? name : $"{name}-{i + 1}", environment, probed));
        }

        return new TurnstoneServers(started, store, new MasterKeyRing(new MasterKey(masterKey)));
    }

    public static Dictionary<string, string> Environment(
        string connectionString,
        byte[] masterKey,
        string? provisioning
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ConnectionStrings__Turnstone"] = connectionString,
            ["Turnstone__Issuer"] = Issuer,
            ["Turnstone__MasterKey"] = Convert.ToBase64String(masterKey),
            ["Logging__LogLevel__Default"] = "Warning",

            // The floor signs with ES256; /v3 would refuse a refresh while the access token is good.
            ["Turnstone__Contracts__AuthV2__SigningAlgorithm"] = "ES256",
            ["Turnstone__Contracts__SessionV3__EarlyRefresh"] = "Allow",
            ["Turnstone__Contracts__SessionV3__RefreshTokenSeconds"] = "86400",
        };
        foreach (
            var limit in (string[])
                [
                    "RequestsPerCredential",
                    "RefusalsPerNetwork",
                    "PasswordsPerAccountAndNetwork",
                    "PasswordsPerNetwork",
                    "LoginsPerAccount",
                ]
        )
        {
            environment[$"Turnstone__Limits__{limit}__Count"] = "10000000";
            environment[$"Turnstone__Limits__{limit}__Seconds"] = "60";
        }

        // Crowds of connections are measured as they are, not as they are kept out.
        environment["Turnstone__Connections__Total"] = "1000000";
        environment["Turnstone__Connections__PerAddress"] = "1000000";
        environment["Turnstone__Limits__LoginsPerApiKey__Count"] = $"{Customers.LoginsPerKey.Count}";
        environment["Turnstone__Limits__LoginsPerApiKey__Seconds"] = $"{Customers.LoginsPerKey.Seconds}";
        if (provisioning is not null)
        {
            environment["Turnstone__Provision"] = provisioning;
        }

        return environment;
    }

    public static Task<DotnetServer> StartNodeAsync(
        string folder,
        string name,
        IReadOnlyDictionary<string, string> environment,
        bool probed = true
    ) => StartProgramAsync(Layout.Node ?? Layout.Server, folder, name, environment, probed);

    private static Task<DotnetServer> StartProgramAsync(
        string program,
        string folder,
        string name,
        IReadOnlyDictionary<string, string> environment,
        bool probed
    ) =>
        DotnetServer.StartAsync(
            folder,
            name,
            program,
            port => ["--urls", $"http://127.0.0.1:{port}"],
            environment,
            "/health/ready",
            probed
        );

    /// <summary>Sessions as logins of this contract would have opened them; answers their refresh tokens.</summary>
    public async Task<IReadOnlyList<string>> OpenSessionsAsync(
        int count,
        string contract,
        string grant,
        string? clientId = null,
        string? boundTo = null
    )
    {
        var account = await FindAccountAsync();
        return
        [
            .. await Task.WhenAll(
                Enumerable.Range(0, count).Select(_ => OpenSessionAsync(contract, grant, account, clientId, boundTo))
            ),
        ];
    }

    /// <summary>A code as the portal would have made it for somebody who has just signed in.</summary>
    public async Task<string> MintCodeAsync(string clientId, string redirect, Scopes scopes) =>
        await new OneTimeCodes(store.Codes, masters, RandomSource.System, TimeProvider.System).MintAsync(
            new CodeOrder
            {
                Contract = "oauth2",
                Account = known ??= await FindAccountAsync(),
                ClientId = clientId,
                RedirectUri = redirect,
                Scopes = scopes,
                Nonce = "n-0S6_WzA2Mj",
                SignedIn = new SignedIn(TimeProvider.System.GetUtcNow(), SignedIn.ByPassword),
            },
            TimeSpan.FromSeconds(60),
            new Caller("127.0.0.1", "bench/1"),
            CancellationToken.None
        );

    /// <summary>What the client of a session holds that is at this generation.</summary>
    public string RefreshTokenOf(SessionId session, uint generation) =>
        new RefreshToken(session, generation).Write(masters);

    /// <summary>The API keys that <see cref="Customers.ApiKey"/> names, each of an account of its own.</summary>
    public async Task ImportApiKeysAsync(int count)
    {
        using var keys = new ApiKeys(store.ApiKeys, masters, store.Changes, RandomSource.System, TimeProvider.System);
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (number, cancel) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var email = Customers.Email(Customers.Accounts + number);
                var account = new Account
                {
                    Id = RandomSource.System.NewId(now),
                    Email = email,
                    NormalizedEmail = email.ToUpperInvariant(),
                    EmailConfirmed = true,
                    SecurityStamp = "",
                    ConcurrencyStamp = "",
                    CreatedAt = now,
                };
                await store.Accounts.CreateAsync(
                    account,
                    new AuditEntry
                    {
                        Event = AuditEvent.AccountCreated,
                        At = now,
                        Caller = Caller.Operator,
                        AccountId = account.Id,
                    },
                    cancel
                );
                await keys.ImportAsync(
                    account.Id,
                    "key",
                    Scopes.Of(["individuals.read"]),
                    null,
                    Customers.ApiKey(number),
                    Caller.Operator,
                    cancel
                );
            }
        );
    }

    /// <summary>Access tokens, each of a session of its own.</summary>
    public async Task<IReadOnlyList<string>> SignAsync(int count)
    {
        var account = await FindAccountAsync();
        var ring = new SigningKeyRing(
            store.SigningKeys,
            masters,
            new KeyCalendar(),
            TimeProvider.System,
            RandomSource.System
        );
        await ring.LoadAsync(CancellationToken.None);
        var writer = new AccessTokenWriter(ring, new IssuerAndAudience(Issuer, Issuer));
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    writer.Write(
                        new AccessTokenClaims
                        {
                            Subject = account.Id.ToString(),
                            Audience = Issuer,
                            IssuedAt = now,
                            ExpiresAt = now.AddHours(12),
                            TokenId = SessionId.New(RandomSource.System, now).ToString(),
                            SessionId = SessionId.New(RandomSource.System, now),
                            Scopes = Scopes.Of(["individuals.read"]),
                        },
                        SigningAlgorithm.ES256,
                        "JWT"
                    )
                ),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task<Account> FindAccountAsync() =>
        await store.Accounts.FindByEmailAsync(Customers.Email(0).ToUpperInvariant(), CancellationToken.None)
        ?? await store.Accounts.FindByEmailAsync(Customers.Email(0), CancellationToken.None)
        ?? throw new InvalidOperationException("The provisioned account is not there.");

    private async Task<string> OpenSessionAsync(
        string contract,
        string grant,
        Account account,
        string? clientId,
        string? boundTo
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        var session = new Session
        {
            Id = SessionId.New(RandomSource.System, now),
            Contract = contract,
            Grant = grant,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            ClientId = clientId,
            KeyThumbprint = boundTo,
            Scopes = Scopes.Of(["individuals.read"]),
            Refreshable = true,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = now.AddHours(1),
            LongestAccess = TimeSpan.FromHours(1),
            RefreshExpiresAt = now.AddDays(1),
            LastUsedAt = now,
            OpenedBy = new Caller("127.0.0.1", "bench/1"),
        };
        var entry = new AuditEntry
        {
            Event = AuditEvent.Login,
            At = now,
            Caller = session.OpenedBy,
            AccountId = account.Id,
            SessionId = session.Id,
            Contract = contract,
        };
        var receipt = await store.Sessions.OpenAsync(session, new Preconditions(), entry, CancellationToken.None);
        return receipt.IsCommitted
            ? RefreshTokenOf(session.Id, session.Generation)
            : throw new InvalidOperationException("The session was not opened.");
    }
}
