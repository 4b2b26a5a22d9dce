using Turnstone.Sessions;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Engines;

/// <summary>
/// What the stores stand on. Whatever an engine throws because it cannot serve (connection, disk, locks, a full queue)
/// arrives as <see cref="StoreUnavailableException"/>.
/// </summary>
internal abstract class Engine(ChangeFeed changes, TimeProvider time) : IAsyncDisposable
{
    public ChangeFeed Changes { get; } = changes;

    public SchemaState Schema { get; } = new();

    public SilentTimes Silent { get; } = new(time);

    /// <summary>Up to where rows need index entries of their own.</summary>
    public abstract IndexBounds Bounds { get; }

    /// <summary>How many writes wait, and how many may.</summary>
    public abstract int Waiting { get; }

    public abstract int Capacity { get; }

    /// <summary>What stands for the tokens in braces of the migrations.</summary>
    public abstract IReadOnlyDictionary<string, string> Words { get; }

    /// <summary>The engine's name, and a SELECT that answers its version.</summary>
    public abstract (string Name, string VersionSql) Kind { get; }

    /// <summary>The time by the database's own clock; null where that is this machine's.</summary>
    public virtual Task<DateTimeOffset?> ClockAsync(CancellationToken cancellationToken) =>
        Task.FromResult<DateTimeOffset?>(null);

    /// <summary>What the database says of keeping commits; null where that is set by this program.</summary>
    public virtual Task<DatabaseDurability?> DurabilityAsync(CancellationToken cancellationToken) =>
        Task.FromResult<DatabaseDurability?>(null);

    /// <summary>
    /// Whether a pooler gives the connection of one caller to another one after each transaction or statement.
    /// </summary>
    public virtual Task<bool> HandsConnectionsOnAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Whether a commit is confirmed by all that have to have it, in time.</summary>
    public virtual Task<bool> ConfirmsCommitsAsync() => Task.FromResult(true);

    /// <summary>Learns what API keys have opened through other nodes.</summary>
    public virtual Task HearLoginsAsync() => Task.CompletedTask;

    /// <summary>Whether the database is there and holds a store of any version.</summary>
    public virtual Task<bool> HasTablesAsync(CancellationToken cancellationToken) =>
        ReadAnySchemaAsync(db => db.TableExistsAsync("schema_versions"), cancellationToken);

    public Task<T> ReadAsync<T>(Func<Db, Task<T>> read, CancellationToken cancellationToken)
    {
        Schema.Require();
        return ReadAnySchemaAsync(read, cancellationToken);
    }

    /// <summary>
    /// Runs the work in a transaction and answers when that is durable. The work may be run again (after a deadlock),
    /// and may share its commit with others; if it throws, none of it is kept.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Db, Task<T>> write, CancellationToken cancellationToken)
    {
        Schema.Require();
        return WriteCheckedAsync(write, cancellationToken);
    }

    public Task<RotationDecision> RotateAsync(PendingRotation rotation)
    {
        Schema.Require();
        return RotateCheckedAsync(rotation);
    }

    public Task<Receipt> OpenAsync(PendingOpening opening)
    {
        Schema.Require();
        return OpenCheckedAsync(opening);
    }

    /// <summary>Spends something that is good once; answers whether nobody had spent it before.</summary>
    public Task<bool> SpendAsync(Spending spending, CancellationToken cancellationToken)
    {
        Schema.Require();
        return SpendCheckedAsync(spending, cancellationToken);
    }

    /// <summary>The same in a transaction of its own.</summary>
    public async Task<bool> SpendAloneAsync(Spending spending, CancellationToken cancellationToken) =>
        await WriteAsync(db => SpentStore.SpendAsync(db, [spending]), cancellationToken) is { Count: 1 };

    protected virtual Task<bool> SpendCheckedAsync(Spending spending, CancellationToken cancellationToken) =>
        SpendAloneAsync(spending, cancellationToken);

    /// <summary>Reads also where this program may not serve: how far the tables are.</summary>
    public abstract Task<T> ReadAnySchemaAsync<T>(Func<Db, Task<T>> read, CancellationToken cancellationToken);

    protected abstract Task<T> WriteCheckedAsync<T>(Func<Db, Task<T>> write, CancellationToken cancellationToken);

    protected abstract Task<RotationDecision> RotateCheckedAsync(PendingRotation rotation);

    protected abstract Task<Receipt> OpenCheckedAsync(PendingOpening opening);

    /// <summary>
    /// Runs the work alone, against every process, in one transaction on a connection of its own: for migrations.
    /// </summary>
    public abstract Task<T> AloneAsync<T>(Func<Db, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Takes an index away while everybody goes on using the table; answers whether it is gone, or has to be tried
    /// again later.
    /// </summary>
    public abstract Task<bool> DropIndexAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes the lead in something until disposed; null when another node has it.</summary>
    public abstract Task<IAsyncDisposable?> TryLeadAsync(
        CancellationToken cancellationToken,
        LeadIn what = LeadIn.Upkeep
    );

    public abstract Task BackupAsync(string path, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>As <see cref="WriteAsync{T}"/>; a unique constraint that refuses it is a conflict.</summary>
    public async Task<Receipt> ChangeAsync(Func<Db, Task<Receipt>> change, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(change, cancellationToken);
        }
        catch (DuplicateException)
        {
            return Receipt.Conflict;
        }
    }

    public Task WriteAsync(Func<Db, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(
            async db =>
            {
                await write(db);
                return true;
            },
            cancellationToken
        );
}
