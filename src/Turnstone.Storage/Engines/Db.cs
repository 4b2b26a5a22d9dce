using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Engines;

/// <summary>
/// One connection in the hands of one piece of work. SQL is the same text on both engines, its parameters are
/// <c>$1</c>, <c>$2</c>, …; the few members that are abstract are all in which the engines differ.
/// </summary>
internal abstract class Db(RandomSource random, CancellationToken cancellationToken)
{
    private Announcements announced = new();

    /// <summary>
    /// The marks that this process knows, for a connection that writes: a store that was put back may know fewer.
    /// </summary>
    public HolderMarks? KnownMarks { get; init; }

    /// <summary>Up to where rows need index entries of their own; null where none are written.</summary>
    public IndexBounds? Bounds { get; init; }

    /// <summary>What API keys have opened lately, for a connection that opens sessions.</summary>
    public KnownLogins KnownLogins
    {
        get => field ?? throw new InvalidOperationException("This connection opens no sessions.");
        init;
    }

    protected CancellationToken Cancelled { get; } = cancellationToken;

    /// <summary>Ends a SELECT whose rows this transaction is going to change.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Notes what every node has to hear once this transaction has been committed.</summary>
    public void Announce(ChangeKind kind) => announced.Kinds.Add(kind);

    /// <summary>Notes sessions that this transaction ends: this process refuses their tokens at once.</summary>
    public void Announce(IReadOnlyCollection<RevokedSession> ended)
    {
        announced.Ended.AddRange(ended);
        announced.Kinds.Add(ChangeKind.Revocations);
    }

    /// <summary>Notes that the store turned out to have forgotten something.</summary>
    public void AnnounceStoreForgot() => announced.StoreForgot = true;

    /// <summary>Notes a mark that this transaction makes.</summary>
    public void Announce(HolderMark mark)
    {
        announced.Marks.Add(mark);
        announced.Kinds.Add(ChangeKind.Revocations);
    }

    /// <summary>What is announced so far; calling what is answered takes back what is announced from now on.</summary>
    public Action Announced()
    {
        var (ended, marks) = (announced.Ended.Count, announced.Marks.Count);
        return () => announced.KeepFirst(ended, marks);
    }

    public Announcements TakeAnnounced()
    {
        var taken = announced;
        announced = new();
        return taken;
    }

    public Guid NewId(DateTimeOffset at) => random.NewId(at);

    /// <summary>Keeps every other transaction that asks for the same name waiting until this one ends.</summary>
    public abstract Task LockAsync(string name);

    /// <summary>Whether another process may have opened sessions that are not known yet.</summary>
    public abstract Task<bool> MayLackLoginsAsync(KnownLogins known, DateTimeOffset now);

    /// <summary>
    /// Answers the number of the last mark. Where several processes write, no other mark is committed before this
    /// transaction ends.
    /// </summary>
    public abstract Task<long> HoldMarksAsync();

    /// <summary>
    /// Lets this transaction alone make a mark: it waits for those that hold the marks, and no other holds them until
    /// it ends. To be asked before any row is locked, or two would wait for each other.
    /// </summary>
    public abstract Task LockMarksAsync();

    /// <summary>Numbers the change of sessions that this transaction has revoked.</summary>
    public abstract Task NumberChangeAsync(IReadOnlyCollection<SessionId> revoked);

    /// <summary>Which changes a statement that follows can see.</summary>
    public abstract Task<ChangePoint> ChangesAsync();

    /// <summary>The number of this transaction, which has one from then on; 0 where a writer is alone.</summary>
    public abstract Task<long> OwnNumberAsync();

    /// <summary>Whether all transactions have ended that began to write before this one got its number.</summary>
    public abstract Task<Ended> HaveEndedAsync(long number);

    public abstract Task<bool> TableExistsAsync(string name);

    /// <summary>
    /// Runs one statement for every row of values, in one round trip where there are round trips; answers how many rows
    /// they changed.
    /// </summary>
    public abstract Task<int> ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows);

    /// <summary>The condition that a column is the first value of <see cref="ListOfAsync"/>.</summary>
    public abstract string OneOf(string column);

    /// <summary>
    /// The rows that an INSERT makes of the keys of <see cref="ListOfAsync"/> and its value <c>$2</c>.
    /// </summary>
    public abstract string EachOf { get; }

    /// <summary>
    /// The rows of every key; the SELECT has <see cref="OneOf"/> of its key's column, and the other values from
    /// <c>$2</c> on.
    /// </summary>
    public abstract Task<List<T>> ListOfAsync<TKey, T>(
        string sql,
        Func<Row, T> read,
        IReadOnlyCollection<TKey> keys,
        params object?[] values
    );

    /// <summary>Writes rows, each of values for every column.</summary>
    public abstract Task InsertAsync<TRow>(Insertion<TRow> into, IReadOnlyList<TRow> rows);

    /// <summary>The rows of these ids, and the number of the last mark at the moment they were read.</summary>
    public abstract Task<(List<Session> Rows, long LastMark)> ReadSessionsAsync(IReadOnlyCollection<SessionId> ids);

    /// <summary>
    /// Writes what a rotation changes of each row whose version is still the one before; answers the others, which have
    /// moved meanwhile. Where several processes write, nothing is written unless the last mark is still
    /// <paramref name="lastMark"/>, and no other is made before the commit.
    /// </summary>
    public abstract Task<IReadOnlyCollection<SessionId>> WriteRotatedAsync(
        IReadOnlyList<ChangedSession> rows,
        long lastMark
    );

    /// <summary>
    /// Asks several things in their order, in one round trip where there are round trips. Each asks for one thing, and
    /// may go on with another once all have their answers.
    /// </summary>
    public virtual async Task TogetherAsync(params IReadOnlyList<Func<Task>> steps)
    {
        foreach (var step in steps)
        {
            await step();
        }
    }

    public abstract Task<int> ExecuteAsync(string sql, params object?[] values);

    public abstract Task<List<T>> ListAsync<T>(string sql, Func<Row, T> read, params object?[] values);

    public async Task<T?> FirstAsync<T>(string sql, Func<Row, T> read, params object?[] values)
        where T : class => (await ListAsync(sql, read, values)).FirstOrDefault();

    /// <summary>
    /// The first row that one of these keys finds: a keyed hash has one form for each master key in force, and they are
    /// few.
    /// </summary>
    public async Task<T?> FirstOfAsync<T>(string sql, Func<Row, T> read, IReadOnlyList<byte[]> keys)
        where T : class
    {
        foreach (var key in keys)
        {
            if (await FirstAsync(sql, read, key) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public async Task<bool> AnyAsync(string sql, params object?[] values) =>
        (await ListAsync(sql, _ => true, values)).Count > 0;

    public async Task<long> NumberAsync(string sql, params object?[] values) =>
        (await ListAsync(sql, row => row.Number(0), values))[0];
}
