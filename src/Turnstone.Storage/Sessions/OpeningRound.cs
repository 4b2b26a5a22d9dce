using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Opens a batch of sessions in one transaction: the preconditions are checked for all of them together, and those that
/// hold are written with their entries.
/// </summary>
internal static class OpeningRound
{
    public static async Task RunAsync(Db db, IReadOnlyList<PendingOpening> batch, HolderMarks marks, DateTimeOffset now)
    {
        var check = await PreconditionCheck.ReadAsync(db, batch, marks, now);

        // Of a store that has forgotten marks: those are written again, and what is opened now is after them.
        var lastMark = Math.Max(check.LastMark, marks.Newest);
        var opened = new List<PendingOpening>(batch.Count);
        foreach (var opening in batch)
        {
            opening.Receipt = await check.DecideAsync(opening) with { LastMark = lastMark };
            if (opening.Receipt.IsCommitted)
            {
                opened.Add(opening);
            }
        }

        // Last: when anything else fails nothing has been written.
        var withoutCode = await check.UseCodesAsync(opened);
        foreach (var opening in withoutCode)
        {
            opening.Receipt = Receipt.Withdrawn with { LastMark = lastMark };
        }

        await WriteAsync(db, opened.FindAll(opening => !withoutCode.Contains(opening)), lastMark);
    }

    private static async Task WriteAsync(Db db, List<PendingOpening> opened, long lastMark)
    {
        var rows = opened.ConvertAll(opening =>
            opening.Session with
            {
                OpenedAfter = opening.Preconditions.OpenedAfter ?? lastMark,
            }
        );
        if (opened.Exists(opening => opening.Preconditions.OpenedAfter is not null))
        {
            db.AnnounceStoreForgot();
        }

        await db.TogetherAsync(
            () => SessionRow.InsertAsync(db, rows),
            () => AuditRow.AppendAsync(db, opened.ConvertAll(opening => (IdOf(db, opening), opening.Entry)))
        );
        await SessionRow.AddLateAsync(db, rows);

        // The end of one of a client's own tokens is written as a session that has ended.
        if (rows.FindAll(row => row.RevokedAt is not null) is { Count: > 0 } ended)
        {
            await db.NumberChangeAsync(ended.ConvertAll(row => row.Id));
            db.Announce(ended.ConvertAll(row => row.ToRevoked()));
        }
    }

    // A login has the id of its session: both are new, of one time, and one takes half the room.
    private static Guid IdOf(Db db, PendingOpening opening) =>
        opening.Entry is { Event.Known: AuditEvent.Login, SessionId: { } id }
        && opening.Session.CreatedAt == opening.Entry.At
            ? id.Value
            : db.NewId(opening.Entry.At);
}
