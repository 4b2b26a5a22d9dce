using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// The embedded engine: readers each with a connection of the pool, all writes through the one writer's loop.
/// </summary>
internal sealed class SqliteEngine : Engine
{
    private static readonly TimeSpan PollPause = TimeSpan.FromSeconds(1);

    private readonly SqliteFile file;
    private readonly RandomSource random;
    private readonly int mostReaders;
    private readonly ConcurrentBag<SqliteDb> readers = [];
    private readonly SqliteWriter writer;
    private readonly GroupCommit<Pending> queue;
    private readonly Background poll;

    public SqliteEngine(
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
        file = new SqliteFile(options.ConnectionString);
        mostReaders = options.ReaderConnections;
        Capacity = options.QueueCapacity;
        Bounds = new IndexBounds(time) { Alone = true };
        writer = new SqliteWriter(file, random, time, Changes, Bounds);
        queue = new GroupCommit<Pending>(options, loops: 1, metrics, Silent, writer.CommitAsync);

        // What another process commits (an operator's command) is heard by asking; inside this one it is told at the
        // commit. A new store has no file yet.
        poll = new Background(
            "look for what other processes changed",
            PollPause,
            time,
            log,
            (_, _) =>
                File.Exists(file.Path) ? WriteAsync(writer.HearOthersAsync, CancellationToken.None) : Task.CompletedTask
        );
    }

    public override (string Name, string VersionSql) Kind => ("SQLite", "SELECT sqlite_version()");

    public override int Waiting => queue.Waiting;

    public override int Capacity { get; }

    public override IndexBounds Bounds { get; }

    public override IReadOnlyDictionary<string, string> Words { get; } =
        new Dictionary<string, string>
        {
            ["bytes"] = "BLOB",
            ["hot"] = "WITHOUT ROWID",
            ["marks"] = "",
            ["queue"] = "SELECT 0",

            // One file, one history; a migration is never empty.
            ["history"] = "SELECT 0;",
        };

    public override async Task<bool> HasTablesAsync(CancellationToken cancellationToken) =>
        File.Exists(file.Path) && await base.HasTablesAsync(cancellationToken);

    public override async Task<T> ReadAnySchemaAsync<T>(Func<Db, Task<T>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SqliteDb? db = null;
        try
        {
            db = readers.TryTake(out var idle) ? idle : new SqliteDb(file.OpenReader(), random);
            var result = await read(db);
            Return(ref db);
            return result;
        }
        catch (Exception reason) when (SqliteErrors.IsUnavailable(reason) || SqliteErrors.IsUnknownSchema(reason))
        {
            throw SqliteErrors.Translate(reason);
        }
        finally
        {
            db?.Dispose();
        }
    }

    protected override async Task<T> WriteCheckedAsync<T>(Func<Db, Task<T>> write, CancellationToken cancellationToken)
    {
        var work = new PendingWork<T>(write, cancellationToken);
        queue.Add(work);
        return await work.Task;
    }

    protected override Task<RotationDecision> RotateCheckedAsync(PendingRotation rotation)
    {
        queue.Add(rotation);
        return rotation.Task;
    }

    protected override Task<Receipt> OpenCheckedAsync(PendingOpening opening)
    {
        queue.Add(opening);
        return opening.Task;
    }

    // It holds ids alone. To overwrite each of its pages would keep every other writer waiting.
    public override Task<bool> DropIndexAsync(string name, CancellationToken cancellationToken) =>
        WriteAsync(
            async db =>
            {
                await db.ListAsync("PRAGMA secure_delete = 0", row => row.Number(0));
                try
                {
                    await db.ExecuteAsync($"DROP INDEX IF EXISTS {name}");
                }
                finally
                {
                    await db.ListAsync("PRAGMA secure_delete = 1", row => row.Number(0));
                }

                return true;
            },
            cancellationToken
        );

    public override async Task<T> AloneAsync<T>(Func<Db, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            file.EnsureExists();
            using var db = new SqliteDb(file.OpenWriter(), random);
            await db.BeginAsync();
            var result = await work(db);
            await db.ExecuteAsync("COMMIT");
            return result;
        }
        catch (Exception reason) when (SqliteErrors.IsUnavailable(reason))
        {
            throw SqliteErrors.Translate(reason);
        }
    }

    // One process serves an embedded database.
    public override Task<IAsyncDisposable?> TryLeadAsync(
        CancellationToken cancellationToken,
        LeadIn what = LeadIn.Upkeep
    ) => Task.FromResult<IAsyncDisposable?>(Lead.Always);

    public override Task BackupAsync(string path, CancellationToken cancellationToken) =>
        SqliteBackup.WriteAsync(file, random, path, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await poll.DisposeAsync();
        await queue.DisposeAsync();
        writer.Dispose();
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private void Return(ref SqliteDb? db)
    {
        if (readers.Count < mostReaders)
        {
            readers.Add(db!);
            db = null;
        }
    }

    private sealed class Lead : IAsyncDisposable
    {
        public static readonly Lead Always = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
