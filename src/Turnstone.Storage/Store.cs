using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Turnstone.Administration;
using Turnstone.Audit;
using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Blocks;
using Turnstone.Storage.Directory;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Journal;
using Turnstone.Storage.Keys;
using Turnstone.Storage.Postgres;
using Turnstone.Storage.Sessions;
using Turnstone.Storage.Sqlite;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage;

/// <summary>The store: every contract of the core, on the engine that the connection string names.</summary>
public sealed class Store : IAsyncDisposable
{
    /// <summary>The name of the meter with batch size, queue depth and commit duration.</summary>
    public const string MeterName = StorageMetrics.MeterName;

    private static readonly TimeSpan FlushPause = TimeSpan.FromSeconds(1);

    private readonly Engine engine;
    private readonly StorageMetrics metrics;
    private readonly UsageCounters usage;
    private readonly ApiKeyUses uses;
    private readonly DelegationStore delegations;
    private readonly TrustStore trust;
    private readonly IdentityProviderStore providers;
    private readonly IssueRecord issues;
    private readonly RefusalRecord refusals;
    private readonly TimeProvider time;
    private readonly Background flush;
    private readonly (IndexFill Fill, IndexMerge Merge)[] indexes;
    private readonly ILogger log;

    private Store(
        Engine engine,
        StoreOptions options,
        StorageMetrics metrics,
        DatabaseTime time,
        RandomSource random,
        ILogger log
    )
    {
        this.engine = engine;
        this.metrics = metrics;
        this.time = time;
        this.log = log;
        usage = new UsageCounters(engine, time);
        uses = new ApiKeyUses(engine);
        delegations = new DelegationStore(engine, time);
        trust = new TrustStore(engine);
        providers = new IdentityProviderStore(engine);
        issues = new IssueRecord(engine, random);
        refusals = new RefusalRecord(engine, random, options.RefusalsPerHolder);
        Clock = new StoreClock(engine, time);
        var forgotten = new ForgottenEnds(engine, time);
        Journal = new StoreJournal(engine, forgotten, Clock, time);
        Sessions = new SessionStore(engine, time, forgotten, Journal);
        var blocks = new SealedLog(engine, random, time, new BlockSizes());
        SealedLog = blocks;
        Audit = new AuditLog(engine, blocks, issues, refusals);
        Accounts = new AccountStore(engine, time, random);
        Clients = new ClientStore(engine, time);
        Apis = new ApiStore(engine);
        Subscriptions = new SubscriptionStore(engine, time);
        ApiKeys = new ApiKeyStore(engine, time, uses);
        Codes = new CodeStore(engine);
        Devices = new DeviceAuthorizationStore(engine, Codes, time);
        Consents = new ConsentStore(engine, time);
        Endings = new EndingStore(engine, time, random);
        SigningKeys = new SigningKeyStore(engine);
        Letters = new LetterStore(engine);
        LogoutNotices = new LogoutNoticeStore(engine);
        Spent = new SpentStore(engine);
        PushedRequests = new PushedRequestStore(engine);
        Sectors = new SectorStore(engine);
        Upkeep = new StoreUpkeep(
            engine,
            Clock,
            Sessions,
            Codes,
            Devices,
            Audit,
            Accounts,
            Clients,
            Letters,
            LogoutNotices,
            Spent,
            PushedRequests,
            time
        );
        Migrations = new StoreMigrations(engine, time);
        metrics.Watch(() => engine.Waiting);
        flush = new Background("writing of counts and uses", FlushPause, time, log, (_, cancel) => FlushAsync(cancel));
        indexes =
        [
            .. IndexSource.All.Select(source =>
                (new IndexFill(engine, source, time), new IndexMerge(engine, source, time))
            ),
        ];
    }

    public ISessionStore Sessions { get; }

    public IAuditLog Audit { get; }

    /// <summary>The audit log as it is sealed.</summary>
    public ISealedLog SealedLog { get; }

    public IUsageCounters Usage => usage;

    public IAccountStore Accounts { get; }

    public IClientStore Clients { get; }

    public IApiStore Apis { get; }

    public ISubscriptionStore Subscriptions { get; }

    public IApiKeyStore ApiKeys { get; }

    public ICodeStore Codes { get; }

    public IDeviceAuthorizationStore Devices { get; }

    public IConsentStore Consents { get; }

    public IDelegationStore Delegations => delegations;

    public ITrustStore Trust => trust;

    public IIdentityProviderStore IdentityProviders => providers;

    public IEndingStore Endings { get; }

    public ISigningKeyStore SigningKeys { get; }

    public ILetterStore Letters { get; }

    public ILogoutNoticeStore LogoutNotices { get; }

    public ISpentStore Spent { get; }

    public IPushedRequestStore PushedRequests { get; }

    public ISectorStore Sectors { get; }

    public IStoreChanges Changes => engine.Changes;

    public IStoreClock Clock { get; }

    /// <summary>What has ended, in files beside the store.</summary>
    public StoreJournal Journal { get; }

    public StoreUpkeep Upkeep { get; }

    public StoreMigrations Migrations { get; }

    /// <summary>How many writes wait for a commit.</summary>
    public int QueueDepth => engine.Waiting;

    /// <summary>How many may.</summary>
    public int QueueCapacity => engine.Capacity;

    internal Engine Engine => engine;

    /// <summary>Opens the store; nothing is read or written before the first call, so migrate before it.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">The machine's clock, or the <see cref="DatabaseTime"/> over it that the process shares with
    /// this store.</param>
    /// <param name="random">The source of ids.</param>
    /// <param name="logs">Where failures go.</param>
    /// <exception cref="ArgumentException">The connection string is for neither engine.</exception>
    public static Store Open(StoreOptions options, TimeProvider time, RandomSource random, ILoggerFactory? logs = null)
    {
        var log = (logs ?? NullLoggerFactory.Instance).CreateLogger("Turnstone.Storage");
        var shared = time as DatabaseTime ?? new DatabaseTime(time);
        var metrics = new StorageMetrics(shared);
        try
        {
            return new Store(EngineFor(options, shared, random, metrics, log), options, metrics, shared, random, log);
        }
        catch
        {
            metrics.Dispose();
            throw;
        }
    }

    /// <summary>Completes when the store can be read.</summary>
    /// <exception cref="StoreUnavailableException">It cannot.</exception>
    public Task PingAsync(CancellationToken cancellationToken) =>
        engine.ReadAnySchemaAsync(db => db.TableExistsAsync("schema_versions"), cancellationToken);

    /// <summary>
    /// Whether a pooler gives the connection of one caller to another one after each transaction or statement. Nothing
    /// of this store is to be used then.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public Task<bool> HandsConnectionsOnAsync(CancellationToken cancellationToken) =>
        engine.HandsConnectionsOnAsync(cancellationToken);

    /// <summary>
    /// Whether the last commits were confirmed in time, also by a standby that has to have them; where they were not,
    /// whether one is now.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It is not, or the store does not answer.</exception>
    public Task<bool> ConfirmsCommitsAsync() => engine.ConfirmsCommitsAsync();

    /// <summary>
    /// When the store last turned out to lack what had been committed in it; null where it did not while this process
    /// runs.
    /// </summary>
    public DateTimeOffset? ForgotAt => engine.Changes.Forgot.At;

    /// <summary>What the database says of keeping commits; null for an embedded one.</summary>
    public Task<DatabaseDurability?> DurabilityAsync(CancellationToken cancellationToken) =>
        engine.DurabilityAsync(cancellationToken);

    /// <summary>Which engine it is, and in which version.</summary>
    public Task<string> EngineAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db => $"{engine.Kind.Name} {await db.FirstAsync(engine.Kind.VersionSql, row => row.Text(0))}",
            cancellationToken
        );

    /// <summary>
    /// Takes the one lead that nodes have between them until it is disposed; null while another has it. An embedded
    /// database has one node.
    /// </summary>
    public Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken) =>
        engine.TryLeadAsync(cancellationToken);

    /// <summary>
    /// Fills the indexes with what was written since the last time; a server calls it each second. What is not in a run
    /// is read from the table, which takes longer.
    /// </summary>
    public async Task FillIndexesAsync(CancellationToken cancellationToken)
    {
        foreach (var (fill, merge) in indexes)
        {
            do
            {
                while (await fill.StepAsync(cancellationToken))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            } while (await merge.StepAsync(cancellationToken));
        }
    }

    /// <summary>Writes a copy of the store as of now into a new file that only its owner can read.</summary>
    /// <exception cref="IOException">There is a file of that name.</exception>
    /// <exception cref="NotSupportedException">The engine has tools of its own for it, which the message
    /// names.</exception>
    public Task BackupAsync(string path, CancellationToken cancellationToken) =>
        engine.BackupAsync(path, cancellationToken);

    /// <summary>Finishes what is waiting, writes the counts, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await flush.DisposeAsync();
        try
        {
            await FlushAsync(CancellationToken.None);
            await refusals.FlushAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        }
        catch (StoreUnavailableException problem)
        {
            // As with a killed process.
            log.LastSecondLost(problem.Message);
        }

        await engine.DisposeAsync();
        await Journal.DisposeAsync();
        metrics.Dispose();
    }

    private static Engine EngineFor(
        StoreOptions options,
        TimeProvider time,
        RandomSource random,
        StorageMetrics metrics,
        ILogger log
    )
    {
        var text = options.ConnectionString.TrimStart();
        var journal = options.JournalFolder is { } folder
            ? new EndJournal(new JournalFolder(folder, random), time)
            : null;
        var changes = new ChangeFeed(log, time, journal);
        return text.StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase)
                ? new SqliteEngine(options, time, random, metrics, changes, log)
            : text.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)
                ? new PostgresEngine(options, time, random, metrics, changes, log)
            : throw new ArgumentException(
                "The connection string must begin with \"Data Source=\" (SQLite) or with \"Host=\" (PostgreSQL).",
                nameof(options)
            );
    }

    /// <summary>Writes what was gathered in memory.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        await issues.FlushAsync(cancellationToken);
        await refusals.FlushAsync(time.GetUtcNow(), cancellationToken);
        await uses.FlushAsync(cancellationToken);
        await delegations.FlushAsync(cancellationToken);
        await trust.FlushAsync(cancellationToken);
        await providers.FlushAsync(cancellationToken);
        await usage.FlushAsync(cancellationToken);
    }
}
