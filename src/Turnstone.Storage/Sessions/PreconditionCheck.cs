using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Decides which sessions of a batch may be opened. The marks are held until the commit, so that a withdrawal either is
/// seen here or comes after the session and ends it.
/// </summary>
internal sealed class PreconditionCheck
{
    private readonly Db db;
    private readonly HolderMarks marks;
    private readonly DateTimeOffset now;
    private readonly HolderRows rows;
    private Dictionary<Guid, List<KnownLogin>> logins = [];

    private PreconditionCheck(Db db, HolderMarks marks, DateTimeOffset now, HolderRows rows) =>
        (this.db, this.marks, this.now, this.rows) = (db, marks, now, rows);

    /// <summary>The number of the last mark, which stays the last until the commit.</summary>
    public long LastMark { get; private set; }

    public static async Task<PreconditionCheck> ReadAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var check = new PreconditionCheck(db, marks, now, new HolderRows(batch));
        await check.ReadAsync(batch);
        return check;
    }

    // The marks are held before any row is read.
    private async Task ReadAsync(IReadOnlyList<PendingOpening> batch)
    {
        await db.TogetherAsync(
            async () => LastMark = await db.HoldMarksAsync(),
            () => rows.ReadClientsAsync(db),
            () => rows.ReadApiKeysAsync(db, now),
            () => rows.ReadSubscriptionsAsync(db)
        );
        await Marks.CatchUpAsync(db, marks, LastMark);
        await db.TogetherAsync(
            () => rows.ReadAccountsAsync(db),
            async () => logins = await RecentLogins.ReadAsync(db, batch, marks, now)
        );
    }

    /// <summary>Whether the session may be opened; one that may counts for those after it.</summary>
    public async Task<Receipt> DecideAsync(PendingOpening opening)
    {
        var asked = opening.Preconditions;
        if (
            !rows.Allow(asked)
            || (
                asked.OpenedAfter is { } after
                && marks.Find(opening.Session.Holders, opening.Session.Id, after) is not null
            )
        )
        {
            return Receipt.Withdrawn;
        }

        if (!await IsLetInAsync(asked.LetInBy))
        {
            return Receipt.Withdrawn;
        }

        if (opening.Session.ApiKeyId is not { } key)
        {
            return Receipt.Committed;
        }

        // Last, and at once with the count: another batch of this process may be deciding about the same key.
        var login = new KnownLogin(opening.Session.Id.Value, Value.Whole(opening.Session.CreatedAt));
        if (asked.Logins is { } allowed)
        {
            return db.KnownLogins.NoteIfRoom(key, login, logins[key], allowed) is { } oldest
                ? Receipt.TooMany(oldest)
                : Receipt.Committed;
        }

        if (opening.Session.Refreshable)
        {
            db.KnownLogins.Note(key, login.Id, login.At);
        }

        return Receipt.Committed;
    }

    // Not locked itself, or the refreshes of a company's session would queue behind all that it opens: whoever
    // withdraws makes a mark.
    private async Task<bool> IsLetInAsync(SessionId? by) =>
        by is not { } id
        || (
            await db.FirstAsync(
                $"SELECT {SessionRow.Columns} FROM sessions WHERE id = $1",
                row => marks.Apply(SessionRow.Read(row)),
                id
            )
        )?.IsLive(now)
            is true;

    /// <summary>
    /// Uses the codes of those that may be opened otherwise; answers the ones whose code is not there to be used.
    /// </summary>
    public async Task<HashSet<PendingOpening>> UseCodesAsync(IReadOnlyList<PendingOpening> openings)
    {
        // In one order on every node, so that two batches with the same codes do not wait for each other.
        List<PendingOpening> asking =
        [
            .. openings
                .Where(opening => opening.Preconditions.CodeHash is not null)
                .OrderBy(opening => Convert.ToHexString(opening.Preconditions.CodeHash!), StringComparer.Ordinal),
        ];
        if (asking.Count == 0)
        {
            return [];
        }

        var used = await db.ExecuteManyAsync(
            "UPDATE codes SET used_at = $2, session_id = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
            asking.ConvertAll(opening => new object?[] { opening.Preconditions.CodeHash, now, opening.Session.Id })
        );
        if (used == asking.Count)
        {
            return [];
        }

        var sessions = await db.ListOfAsync(
            $"SELECT session_id FROM codes WHERE {db.OneOf("hash")}",
            row => row.MaybeId(0),
            asking.ConvertAll(opening => opening.Preconditions.CodeHash!)
        );
        return [.. asking.Where(opening => !sessions.Contains(opening.Session.Id.Value))];
    }
}
