using Turnstone.Credentials.Passwords;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Settings;

/// <summary>
/// Everything under <c>Turnstone:</c>. Read once at start, checked as a whole, and the same for as long as the process
/// runs.
/// </summary>
public sealed record TurnstoneSettings
{
    public const string Section = "Turnstone";

    [Setting(
        "Who issues the tokens: the claim `iss` and the base of every published URL. "
            + "In Production it has to be given, and to be https.",
        Default = "in Development where the server listens"
    )]
    public string Issuer { get; init; } = "";

    [Setting("For whom the tokens are: the claim `aud`.", Default = "the issuer")]
    public string Audience { get; init; } = "";

    [Setting(
        "The master key: base64 of 32 random bytes (`openssl rand -base64 32`). Every node has the same one. "
            + "With the embedded database it is made at the first start.",
        Default = "the file `master.key` beside the embedded database",
        Secret = true
    )]
    public string MasterKey { get; init; } = "";

    [Setting(
        "Master keys that were in force before, while the key is being changed: they prove and open, "
            + "and make nothing new.",
        Default = "none",
        Secret = true
    )]
    public IReadOnlyList<string> PreviousMasterKeys { get; init; } = [];

    [Setting("A provisioning file that is applied at every start.", Default = "none")]
    public string Provision { get; init; } = "";

    [Setting("How long a stopping server waits for the requests under way, in seconds.", Min = 1, Max = 600)]
    public int ShutdownSeconds { get; init; } = 30;

    [Setting(
        "How long a server that is told to stop goes on serving before that, in seconds, "
            + "while `/health/ready` answers 503: as long as the load balancer needs to take it out.",
        Min = 0,
        Max = 600
    )]
    public int DrainSeconds { get; init; }

    [Setting("How long a one-time code is good, in seconds.", Min = 1, Max = 600)]
    public int CodeSeconds { get; init; } = 60;

    [Setting("The wire contracts.")]
    public ContractsSettings Contracts { get; init; } = new();

    [Setting("Signing keys.")]
    public SigningKeySettings Keys { get; init; } = new();

    [Setting("Limits against abuse.")]
    public LimitsSettings Limits { get; init; } = new();

    [Setting("The lane in which passwords are hashed.")]
    public PasswordSettings Passwords { get; init; } = new();

    [Setting("The store's queue.")]
    public StorageSettings Storage { get; init; } = new();

    [Setting("How long what is dead is kept.")]
    public RetentionSettings Retention { get; init; } = new();

    [Setting("Proxies in front of the server.")]
    public ProxySettings Proxies { get; init; } = new();

    [Setting("The mail server.")]
    public MailSettings Mail { get; init; } = new();

    [Setting("The developer portal.")]
    public PortalSettings Portal { get; init; } = new();

    [Setting("Meters and traces.")]
    public TelemetrySettings Telemetry { get; init; } = new();
}

public sealed record SigningKeySettings
{
    [Setting("How many days a key signs before its successor does.", Min = 2, Max = 3650)]
    public int RotationDays { get; init; } = 90;
}

public sealed record PasswordSettings
{
    private static readonly PasswordLaneSettings Lane = new();

    [Setting("How many passwords are hashed at once.", Min = 1, Max = 1024, Default = "half the cores")]
    public int Width { get; init; } = Lane.Width;

    [Setting("How many may wait; the next is answered 503 with Retry-After.", Min = 1, Max = 100_000)]
    public int Queue { get; init; } = Lane.Queue;

    public PasswordLaneSettings ToLane() => new() { Width = Width, Queue = Queue };
}

public sealed record StorageSettings
{
    [Setting(
        "How many writes may wait for a commit; the next is answered 503 with Retry-After.",
        Min = 1,
        Max = 1_000_000
    )]
    public int QueueCapacity { get; init; } = 4096;

    [Setting("How many writes share one commit at most.", Min = 1, Max = 4096)]
    public int LargestBatch { get; init; } = 256;

    [Setting("How many connections for reading the embedded database are kept open.", Min = 1, Max = 256)]
    public int ReaderConnections { get; init; } = 8;

    public StoreOptions ToOptions(string connectionString) =>
        new()
        {
            ConnectionString = connectionString,
            QueueCapacity = QueueCapacity,
            LargestBatch = LargestBatch,
            ReaderConnections = ReaderConnections,
        };
}

public sealed record RetentionSettings
{
    [Setting("Days that audit entries are kept.", Min = 1, Max = 36_500)]
    public int AuditDays { get; init; } = 365;

    [Setting(
        "Days that a session is kept after its end, so that a store put back from a copy knows the sessions of its "
            + "clients.",
        Min = 1,
        Max = 3650
    )]
    public int SessionDays { get; init; } = 3;

    [Setting("Days that a one-time code is kept after its end, so that a second use is known.", Min = 1, Max = 365)]
    public int CodeDays { get; init; } = 1;

    public Retention ToRetention() =>
        new()
        {
            Audit = TimeSpan.FromDays(AuditDays),
            Sessions = TimeSpan.FromDays(SessionDays),
            Codes = TimeSpan.FromDays(CodeDays),
        };
}

public sealed record ProxySettings
{
    [Setting(
        "Addresses or networks (`10.0.0.5`, `10.0.0.0/8`) whose X-Forwarded-For and X-Forwarded-Proto are "
            + "believed. From anyone else they are ignored.",
        Default = "none"
    )]
    public IReadOnlyList<string> Trusted { get; init; } = [];
}

public sealed record TelemetrySettings
{
    [Setting(
        "Where meters and traces are sent by OTLP. The variable `OTEL_EXPORTER_OTLP_ENDPOINT` does the same.",
        Default = "nowhere"
    )]
    public string Endpoint { get; init; } = "";
}
