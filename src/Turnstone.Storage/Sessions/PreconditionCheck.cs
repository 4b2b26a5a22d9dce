using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Decides which sessions of a batch may be opened. Each row that is asked is locked (shared) until the commit, so that
/// a withdrawal either is seen here or comes after the session and ends it. Codes are used last: when anything else
/// fails nothing has been written.
/// </summary>
internal sealed class PreconditionCheck
{
    private readonly Db db;
    private readonly HolderMarks marks;
    private readonly DateTimeOffset now;
    private readonly HolderRows rows;
    private readonly Dictionary<Guid, List<DateTimeOffset>> logins;

    private PreconditionCheck(
        Db db,
        HolderMarks marks,
        DateTimeOffset now,
        HolderRows rows,
        Dictionary<Guid, List<DateTimeOffset>> logins
    ) => (this.db, this.marks, this.now, this.rows, this.logins) = (db, marks, now, rows, logins);

    public static async Task<PreconditionCheck> ReadAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        HolderMarks marks,
        DateTimeOffset now
    ) =>
        new(
            db,
            marks,
            now,
            await HolderRows.LockAsync(db, batch, now),
            await RecentLogins.ReadAsync(db, batch, marks, now)
        );

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

        var before = asked is { Logins: not null, ApiKeyId: { } key } ? logins[key] : null;
        if (before is not null && asked.Logins!.FullSince(before) is { } oldest)
        {
            return Receipt.TooMany(oldest);
        }

        if (!await IsLetInAsync(asked.LetInBy) || !await UseCodeAsync(asked.CodeHash, opening.Session.Id))
        {
            return Receipt.Withdrawn;
        }

        before?.Add(opening.Session.CreatedAt);
        return Receipt.Committed;
    }

    // Not locked itself, or the refreshes of a company's session would queue behind all that it opens: the account's
    // row is locked, and whoever withdraws waits there.
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

    private async Task<bool> UseCodeAsync(byte[]? code, SessionId session) =>
        code is null
        || await db.ExecuteAsync(
            "UPDATE codes SET used_at = $2, session_id = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
            code,
            now,
            session
        ) == 1;
}
