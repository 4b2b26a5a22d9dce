using Microsoft.Extensions.Logging;
using Npgsql;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// PostgreSQL for any number of nodes. Refreshes of a node are committed together, and so are its new sessions; every
/// other write is a transaction of its own.
/// </summary>
internal sealed class PostgresEngine : Engine
{
    private const int RotationLoops = 2;
    private const int OpeningLoops = 2;
    private const int Attempts = 6;

    // A row that is held longer than this is held by something long: the revocation of a holder with very many
    // sessions.
    private static readonly TimeSpan BatchLockWait = TimeSpan.FromMilliseconds(200);

    // Somebody may use the table for hours, a backup for instance.
    private static readonly TimeSpan LongestDrop = TimeSpan.FromSeconds(1);

    private readonly PostgresConnections connections;

    // The batches and the listener have connections of their own: however much waits for one, a refresh does not queue
    // behind it. On them no batch waits for the lock that one of it needs.
    private readonly PostgresConnections reserved;
    private readonly RandomSource random;
    private readonly TimeProvider time;
    private readonly GroupCommit<PendingRotation> rotations;
    private readonly GroupCommit<PendingRotation> rotationsThatWait;
    private readonly GroupCommit<PendingOpening> openings;
    private readonly GroupCommit<PendingSpending> spendings;
    private readonly PostgresListener listener;
    private readonly PostgresLogins logins;
    private readonly TimeProvider? clock;
    private readonly UnconfirmedCommits unconfirmed;
    private int writing;

    public PostgresEngine(
        StoreOptions options,
        TimeProvider time,
        RandomSource random,
        StorageMetrics metrics,
        ChangeFeed changes,
        ILogger log
    )
        : base(changes, time)
    {
        this.random = random;
        this.time = time;
        clock = options.DatabaseClock;
        Capacity = options.QueueCapacity;
        Bounds = new IndexBounds(time);
        unconfirmed = new UnconfirmedCommits(CommitNothingAsync);
        connections = new PostgresConnections(options.ConnectionString);
        reserved = new PostgresConnections(options.ConnectionString, RotationLoops + OpeningLoops + 1, BatchLockWait);
        rotationsThatWait = new GroupCommit<PendingRotation>(
            options,
            loops: 1,
            metrics,
            Silent,
            new PostgresRotations(connections, random, time, Changes, unconfirmed).CommitAsync
        );
        rotations = new GroupCommit<PendingRotation>(
            options,
            RotationLoops,
            metrics,
            Silent,
            new PostgresRotations(reserved, random, time, Changes, unconfirmed, rotationsThatWait.Add).CommitAsync
        );
        openings = new GroupCommit<PendingOpening>(
            options,
            OpeningLoops,
            metrics,
            Silent,
            new PostgresOpenings(this, time).CommitAsync
        );
        spendings = new GroupCommit<PendingSpending>(
            options,
            loops: 1,
            metrics,
            Silent,
            new PostgresSpendings(this).CommitAsync
        );
        listener = new PostgresListener(reserved, time, Changes, log);
        logins = new PostgresLogins(this, time, log);
    }

    public override (string Name, string VersionSql) Kind => ("PostgreSQL", "SELECT current_setting('server_version')");

    public override int Waiting =>
        rotations.Waiting
        + rotationsThatWait.Waiting
        + openings.Waiting
        + spendings.Waiting
        + Volatile.Read(ref writing);

    public override int Capacity { get; }

    public override IndexBounds Bounds { get; }

    public override IReadOnlyDictionary<string, string> Words { get; } =
        new Dictionary<string, string>
        {
            ["bytes"] = "BYTEA",

            // Room on each page for the next version of a session's row.
            ["hot"] = "WITH (fillfactor = 90)",
            ["marks"] = PostgresMarks.Migration,

            // It is emptied all the time: giving its pages back to the disk would lock it against every login.
            ["queue"] = "ALTER TABLE audit SET (vacuum_truncate = false)",
            ["history"] = PostgresHistory.Migration,
        };

    public override async Task<DatabaseDurability?> DurabilityAsync(CancellationToken cancellationToken) =>
        await ReadAnySchemaAsync(
            db =>
                db.FirstAsync(
                    "SELECT CAST(pg_is_in_recovery() AS TEXT), current_setting('fsync'), "
                        + "current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), "
                        + "CAST(current_setting('max_connections') AS BIGINT)",
                    row => new DatabaseDurability(
                        row.Text(0) == "true",
                        row.Text(1) == "on" && row.Text(2) != "off",
                        row.Text(3).Length > 0 && row.Text(2) is not ("off" or "local"),
                        (int)row.Number(4)
                    )
                ),
            cancellationToken
        );

    // clock_timestamp() is the time now, CURRENT_TIMESTAMP that of the transaction's beginning.
    public override async Task<DateTimeOffset?> ClockAsync(CancellationToken cancellationToken) =>
        clock?.GetUtcNow()
        ?? (
            await ReadAnySchemaAsync(
                db =>
                    db.ListAsync(
                        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
                        row => row.Time(0)
                    ),
                cancellationToken
            )
        )[0];

    public override Task<bool> HandsConnectionsOnAsync(CancellationToken cancellationToken) =>
        GuardAsync(() => PostgresPooler.HandsOnAsync(connections, cancellationToken));

    public override Task<bool> ConfirmsCommitsAsync() => unconfirmed.AreConfirmedAsync();

    public override Task<T> ReadAnySchemaAsync<T>(Func<Db, Task<T>> read, CancellationToken cancellationToken) =>
        WithDeadlineAsync(deadline =>
            RepeatAsync(async () =>
            {
                await using var connection = await connections.OpenAsync(cancellationToken);
                return await read(new PostgresDb(connection, random, cancellationToken));
            })
        );

    protected override async Task<T> WriteCheckedAsync<T>(Func<Db, Task<T>> write, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref writing) > Capacity)
        {
            Interlocked.Decrement(ref writing);
            throw StorageMetrics.Overloaded();
        }

        try
        {
            return await WithDeadlineAsync(deadline =>
                RepeatAsync(() => TransactionAsync(connections, write, cancellationToken, deadline))
            );
        }
        finally
        {
            Interlocked.Decrement(ref writing);
        }
    }

    protected override Task<RotationDecision> RotateCheckedAsync(PendingRotation rotation)
    {
        rotations.Add(rotation);
        return rotation.Task;
    }

    protected override Task<bool> SpendCheckedAsync(Spending spending, CancellationToken cancellationToken)
    {
        var pending = new PendingSpending(spending, cancellationToken);
        spendings.Add(pending);
        return pending.Task;
    }

    protected override Task<Receipt> OpenCheckedAsync(PendingOpening opening)
    {
        if (opening.Alone)
        {
            return OpenAloneAsync(opening);
        }

        openings.Add(opening);
        return opening.Task;
    }

    /// <summary>Opens it in a transaction of its own, which waits for whatever holds a row that it needs.</summary>
    public async Task<Receipt> OpenAloneAsync(PendingOpening opening)
    {
        await WriteAsync(
            db => OpeningRound.RunAsync(db, [opening], Changes.Marks, time.GetUtcNow()),
            opening.Cancellation
        );
        return opening.Receipt;
    }

    /// <summary>A transaction of a batch, which has its own queue and its own connections.</summary>
    public Task<T> TransactBatchAsync<T>(Func<Db, Task<T>> write) =>
        WithDeadlineAsync(
            deadline => RepeatAsync(() => TransactionAsync(reserved, write, CancellationToken.None, deadline)),
            Deadline.OfABatch
        );

    public override Task<T> AloneAsync<T>(Func<Db, Task<T>> work, CancellationToken cancellationToken) =>
        GuardAsync(() =>
            TransactionAsync(
                connections,
                async db =>
                {
                    await db.AnyAsync("SELECT pg_advisory_xact_lock($1)", PostgresLocks.Migration);
                    return await work(db);
                },
                cancellationToken
            )
        );

    // Whoever waits for the lock of a plain DROP has all others wait behind him. CONCURRENTLY waits for those who use
    // the table, and nobody waits for it; one that was cancelled goes on with the next try.
    public override Task<bool> DropIndexAsync(string name, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            using var limit = new CancellationTokenSource(LongestDrop, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await new PostgresDb(connection, random, either.Token).ExecuteAsync(
                    $"DROP INDEX CONCURRENTLY IF EXISTS {name}"
                );
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        });

    public override Task<IAsyncDisposable?> TryLeadAsync(
        CancellationToken cancellationToken,
        LeadIn what = LeadIn.Upkeep
    ) =>
        GuardAsync<IAsyncDisposable?>(async () =>
            await PostgresLead.TryAsync(await connections.OpenAsync(cancellationToken), what, cancellationToken)
        );

    public override Task BackupAsync(string path, CancellationToken cancellationToken) =>
        throw new NotSupportedException(
            "A PostgreSQL store is backed up with PostgreSQL's own tools: pg_dump, pg_basebackup, "
                + "or the backups of the managed service."
        );

    public override Task HearLoginsAsync() => logins.HearAsync();

    public override async ValueTask DisposeAsync()
    {
        await logins.DisposeAsync();
        await listener.DisposeAsync();
        await rotations.DisposeAsync();
        await rotationsThatWait.DisposeAsync();
        await openings.DisposeAsync();
        await spendings.DisposeAsync();
        await reserved.DisposeAsync();
        await connections.DisposeAsync();
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (PostgresException reason) when (PostgresErrors.IsConflict(reason) && attempt < Attempts)
            {
                // Whoever won goes on; what this one read is stale now.
            }
            catch (Exception reason) when (PostgresErrors.IsLost(reason) && attempt == 1)
            {
                // The pool had kept a connection that the server had closed: nothing was committed on it.
                Forget(reason);
            }
        }
    }

    private async Task<T> TransactionAsync<T>(
        PostgresConnections from,
        Func<Db, Task<T>> write,
        CancellationToken cancellationToken,
        Deadline? deadline = null
    )
    {
        await using var connection = await from.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var db = new PostgresDb(connection, random, cancellationToken)
        {
            KnownMarks = Changes.Marks,
            Bounds = Bounds,
            KnownLogins = logins.Known,
        };
        var result = await write(db);
        var announced = db.TakeAnnounced();
        await PostgresListener.NotifyAsync(db, announced.Kinds);
        deadline?.BeginCommit();
        await CommitAsync(transaction);
        db.RequireReplicated();
        await Changes.TellAsync(announced);
        deadline?.EndCommit();
        return result;
    }

    // A message that nobody reads: its commit is written and waited for as any other, and no row is changed.
    private Task<bool> CommitNothingAsync() =>
        WithDeadlineAsync(
            deadline =>
                TransactionAsync(
                    connections,
                    db => db.AnyAsync("SELECT pg_logical_emit_message(true, 'turnstone', '')"),
                    CancellationToken.None,
                    deadline
                ),
            Deadline.OfABatch
        );

    // A caller that leaves must not make a commit that is known into one that is not; and one that is not known is
    // never repeated here.
    private static async Task CommitAsync(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception reason) when (PostgresErrors.IsOutcomeUnknown(reason))
        {
            throw PostgresErrors.OutcomeUnknown(reason);
        }
    }

    /// <summary>As <see cref="GuardAsync"/>, for callers who have to be answered in time.</summary>
    private async Task<T> WithDeadlineAsync<T>(Func<Deadline, Task<T>> call, TimeSpan? atMost = null)
    {
        using var deadline = new Deadline(time, atMost);
        try
        {
            return await deadline.AnswerAsync(GuardAsync(() => call(deadline)));
        }
        catch (StoreUnavailableException reason) when (reason.OutcomeUnknown)
        {
            unconfirmed.Doubt();
            throw;
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception reason) when (PostgresErrors.IsTranslated(reason))
        {
            Forget(reason);
            throw PostgresErrors.Translate(reason);
        }
    }

    private void Forget(Exception reason)
    {
        connections.ForgetAfter(reason);
        reserved.ForgetAfter(reason);
    }
}
