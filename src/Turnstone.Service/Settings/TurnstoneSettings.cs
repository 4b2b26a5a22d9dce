using Turnstone.Credentials.Passwords;
using Turnstone.Server.Contracts.Common;
using Turnstone.Storage;

namespace Turnstone.Server.Settings;

/// <summary>
/// Everything under <c>Turnstone:</c>. It is read and checked once at start and does not change afterwards.
/// </summary>
public sealed record TurnstoneSettings : ISettings
{
    public const string Section = "Turnstone";

    public TurnstoneSettings(ContractList contracts) => Contracts = new(contracts);

    [Setting(
        "The issuer of the tokens: the claim `iss` and the base of every published URL. "
            + "Required in Production, and https there.",
        Default = "in Development the URL that the server listens on"
    )]
    public string Issuer { get; init; } = "";

    [Setting("The audience of the tokens: the claim `aud`.", Default = "the issuer")]
    public string Audience { get; init; } = "";

    [Setting(
        "The master key: base64 of 32 random bytes (`openssl rand -base64 32`). Every node needs the same key. "
            + "With the embedded database `init` generates it.",
        Default = "the file `master.key` beside the embedded database",
        Secret = true
    )]
    public string MasterKey { get; init; } = "";

    [Setting(
        "Earlier master keys, while the key is being changed: they verify and decrypt, "
            + "but nothing new is made with them.",
        Default = "none",
        Secret = true
    )]
    public IReadOnlyList<string> PreviousMasterKeys { get; init; } = [];

    [Setting("A provisioning file that is applied at every start.", Default = "none")]
    public string Provision { get; init; } = "";

    [Setting("How long a stopping server waits for the requests in progress, in seconds.", Min = 1, Max = 600)]
    public int ShutdownSeconds { get; init; } = 30;

    [Setting(
        "How long a server that is told to stop keeps serving before that, in seconds, "
            + "while `/health/ready` answers 503: as long as the load balancer needs to take it out of rotation.",
        Min = 0,
        Max = 600
    )]
    public int DrainSeconds { get; init; }

    [Setting(
        "Where vulnerabilities are reported, as a `mailto:` or `https:` address; `/.well-known/security.txt` "
            + "(RFC 9116) gives it.",
        Default = "none"
    )]
    public string SecurityContact { get; init; } = "";

    [Setting(
        "For how many days browsers are told to use this service over https only (RFC 6797), if the issuer begins with "
            + "https; 0 for not at all.",
        Min = 0,
        Max = 3650
    )]
    public int StrictTransportSecurityDays { get; init; } = 365;

    [Setting("How long a one-time code is valid, in seconds.", Min = 1, Max = 600)]
    public int CodeSeconds { get; init; } = 60;

    [Setting(
        "Whether every client has to push its authorization requests (RFC 9126), not only those that are registered "
            + "to do so."
    )]
    public bool RequirePushedAuthorizationRequests { get; init; }

    [Setting(
        "Whether no DPoP proof is taken without a nonce of this server (RFC 9449 §8): one made beforehand is then good "
            + "for nothing. A client whose first proof has none is given one, and asks again."
    )]
    public bool RequireDpopNonces { get; init; }

    [Setting(
        "The scopes that products may name, besides those of `Turnstone:Portal:Scopes`, each as `name` or as "
            + "`name=a sentence that says what it allows`. A product that names another one is refused at start.",
        Default = "none"
    )]
    public IReadOnlyList<string> Scopes { get; init; } = [];

    [Setting(
        "The scopes of a login that proves an account and nothing more: a one-time code without a client, the "
            + "portal's page Generate Token, the reference. Logins with a subscription, an API key or a client have "
            + "the scopes of those.",
        Default = "`individuals.read`"
    )]
    public IReadOnlyList<string> AccountScopes { get; init; } = ["individuals.read"];

    [Setting(
        "What a validation says of a good token: Brief (that it is good), Full (also `scope`, `client_id`, `sub`, "
            + "`contract` and `product`; access tokens have the claim `contract` then)."
    )]
    public ValidationAnswers ValidationAnswers { get; init; }

    [Setting(
        "Whether a refresh token carries what is needed to open its session again in a store that was put back and has "
            + "forgotten it. Switch it off while servers of a version before run beside: they do not take such tokens."
    )]
    public bool ReopensForgottenSessions { get; init; } = true;

    [Setting(
        "What a node does with access tokens while it has not heard from the store, so that it may not know what "
            + "others have revoked: KeepServing, Refuse (after `CutOffSeconds` validations answer 503)."
    )]
    public CutOff WhenCutOff { get; init; }

    [Setting(
        "After how many seconds without an answer of the store a node is cut off: `/health/ready` answers 503.",
        Min = 2,
        Max = 600
    )]
    public int CutOffSeconds { get; init; } = 10;

    [Setting("The wire contracts.")]
    public ContractsSettings Contracts { get; }

    [Setting("Signing keys.")]
    public SigningKeySettings Keys { get; init; } = new();

    [Setting("Limits on requests, logins and emails.")]
    public LimitsSettings Limits { get; init; } = new();

    [Setting("Clients that nobody here has made.")]
    public ClientsSettings Clients { get; init; } = new();

    [Setting("Open connections of clients.")]
    public ConnectionSettings Connections { get; init; } = new();

    [Setting("The queue in which passwords are hashed.")]
    public PasswordSettings Passwords { get; init; } = new();

    [Setting("What is asked of the database.")]
    public StoreSettings Store { get; init; } = new();

    [Setting("The store's queue.")]
    public StorageSettings Storage { get; init; } = new();

    [Setting("How long expired data is kept.")]
    public RetentionSettings Retention { get; init; } = new();

    [Setting("The audit log.")]
    public AuditSettings Audit { get; init; } = new();

    [Setting("Proxies in front of the server.")]
    public ProxySettings Proxies { get; init; } = new();

    [Setting("The mail server.")]
    public MailSettings Mail { get; init; } = new();

    [Setting("The developer portal.")]
    public PortalSettings Portal { get; init; } = new();

    [Setting("Metrics and traces.")]
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>Every scope that this server knows, in the operator's order.</summary>
    public IReadOnlyList<OfferedScope> KnownScopes =>
        [.. Portal.Offered.Concat(Scopes.Select(OfferedScope.Read)).DistinctBy(scope => scope.Name)];

    /// <summary>Those of these names that are no scope that this server knows.</summary>
    public IEnumerable<string> UnknownScopes(IEnumerable<string> names) =>
        names.Except(KnownScopes.Select(scope => scope.Name), StringComparer.Ordinal);
}

/// <summary>What a node does that may not know what others have revoked.</summary>
public enum CutOff
{
    /// <summary>Tokens that were not revoked when it last heard are good.</summary>
    KeepServing,

    /// <summary>It says of no token that it is good.</summary>
    Refuse,
}

/// <summary>What a validation says of a good token.</summary>
public enum ValidationAnswers
{
    /// <summary>That it is good.</summary>
    Brief,

    /// <summary>Also whose it is, which client's, of which contract, and what it allows.</summary>
    Full,
}

public sealed record SigningKeySettings : ISettings
{
    [Setting("How many days a key signs before its successor replaces it.", Min = 2, Max = 3650)]
    public int RotationDays { get; init; } = 90;
}

public sealed record PasswordSettings : ISettings
{
    private static readonly PasswordLaneSettings Lane = new();

    [Setting("How many passwords are hashed at once.", Min = 1, Max = 1024, Default = "half the cores")]
    public int Width { get; init; } = Lane.Width;

    [Setting(
        "How many may wait. When all places are taken, the next is answered 503 with Retry-After, "
            + "or the last of the network or account that has the most places.",
        Min = 1,
        Max = 100_000
    )]
    public int Queue { get; init; } = Lane.Queue;

    public PasswordLaneSettings ToLane() => new() { Width = Width, Queue = Queue };
}

public sealed record StoreSettings : ISettings
{
    [Setting(
        "Whether a server starts only on a PostgreSQL primary that has a synchronous standby, so that a commit is on "
            + "two machines before it is answered. A server that runs when the standby is taken away says "
            + "`replication` in `/health/ready`."
    )]
    public bool RequireReplication { get; init; }
}

public sealed record StorageSettings : ISettings
{
    [Setting(
        "How many writes may wait for a commit; the next is answered 503 with Retry-After.",
        Min = 1,
        Max = 1_000_000
    )]
    public int QueueCapacity { get; init; } = 4096;

    [Setting("The largest number of writes in one commit.", Min = 1, Max = 4096)]
    public int LargestBatch { get; init; } = 256;

    [Setting("How many connections are kept open for reading the embedded database.", Min = 1, Max = 256)]
    public int ReaderConnections { get; init; } = 8;

    [Setting(
        "How many refusals an hour that concern one known account, API key or client are audit entries of their own; "
            + "the others are counted in one more entry.",
        Min = 1,
        Max = 100_000
    )]
    public int RefusalsPerHolder { get; init; } = 100;

    [Setting(
        "The folder of the journal of revocations, which tells a store that was put back from a copy what it has "
            + "forgotten; `none` for no journal. Every server has its own.",
        Default = "with the embedded database beside it (`turnstone.journal`), with PostgreSQL none"
    )]
    public string Journal { get; init; } = "";

    /// <summary>Where the journal is; null for none.</summary>
    public string? JournalFolder(DatabasePlace database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return Journal switch
        {
            "none" => null,
            "" => Path.ChangeExtension(database.File, ".journal"),
            _ => Path.GetFullPath(Journal),
        };
    }

    public StoreOptions ToOptions(DatabasePlace database) =>
        new()
        {
            ConnectionString = database.ConnectionString,
            JournalFolder = JournalFolder(database),
            QueueCapacity = QueueCapacity,
            LargestBatch = LargestBatch,
            ReaderConnections = ReaderConnections,
            RefusalsPerHolder = RefusalsPerHolder,
        };
}

public sealed record RetentionSettings : ISettings
{
    [Setting("How many days audit entries are kept.", Min = 1, Max = 36_500)]
    public int AuditDays { get; init; } = 365;

    [Setting("How many days of these for logins; 0 for as many as the others.", Min = 0, Max = 36_500)]
    public int AuditLoginDays { get; init; }

    [Setting("How many days of these for refused attempts; 0 for as many as the others.", Min = 0, Max = 36_500)]
    public int AuditRefusalDays { get; init; }

    [Setting(
        "How many days a session is kept after its end, so that a restored backup still knows the sessions "
            + "of its clients.",
        Min = 1,
        Max = 3650
    )]
    public int SessionDays { get; init; } = 3;

    [Setting(
        "How many days a one-time code is kept after its end, so that a second use is detected.",
        Min = 1,
        Max = 365
    )]
    public int CodeDays { get; init; } = 1;

    public Retention ToRetention() =>
        new()
        {
            Audit = TimeSpan.FromDays(AuditDays),
            AuditLogins = AuditLoginDays == 0 ? null : TimeSpan.FromDays(AuditLoginDays),
            AuditRefusals = AuditRefusalDays == 0 ? null : TimeSpan.FromDays(AuditRefusalDays),
            Sessions = TimeSpan.FromDays(SessionDays),
            Codes = TimeSpan.FromDays(CodeDays),
        };
}

public sealed record AuditSettings : ISettings
{
    [Setting(
        "The file to which the audit log's checkpoints are added, a line each: where the owner of the database cannot "
            + "write. A log whose end was removed is found by the last one.",
        Default = "none"
    )]
    public string Checkpoints { get; init; } = "";

    [Setting("After how many minutes a checkpoint is added, where there is a new one.", Min = 1, Max = 1440)]
    public int CheckpointMinutes { get; init; } = 10;
}

public sealed record ProxySettings : ISettings
{
    [Setting(
        "Addresses or networks (`10.0.0.5`, `10.0.0.0/8`) whose X-Forwarded-For and X-Forwarded-Proto are "
            + "trusted. From other addresses they are ignored.",
        Default = "none"
    )]
    public IReadOnlyList<string> Trusted { get; init; } = [];
}
