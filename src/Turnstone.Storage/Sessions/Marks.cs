using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>Makes marks, and brings what this process knows of them up to date.</summary>
internal static class Marks
{
    private const string Columns = "number, holder, at, reason, except_session";

    /// <summary>The number of the last mark, as one value of a statement that reads something else too.</summary>
    public const string LastNumber = "(SELECT number FROM counters WHERE name = 'mark')";

    public static Task<long> LastNumberAsync(Db db) => db.NumberAsync($"SELECT {LastNumber}");

    /// <summary>
    /// Reads the marks up to the last one, unless they are known; answers up to which number they are.
    /// </summary>
    public static async Task<long> CatchUpAsync(Db db, HolderMarks marks) =>
        await CatchUpAsync(db, marks, await LastNumberAsync(db));

    /// <param name="db">The connection.</param>
    /// <param name="marks">What is known.</param>
    /// <param name="last">The number of the last mark.</param>
    public static async Task<long> CatchUpAsync(Db db, HolderMarks marks, long last)
    {
        var known = marks.Known;
        if (last > known)
        {
            marks.Add(await AfterAsync(db, known, last), last);
        }
        else if (last < marks.Newest && !(marks.Forgotten && last == known))
        {
            await ResetIfPutBackAsync(db, marks);
        }

        return last;
    }

    /// <summary>Reads all marks: the store went another way, and may lack some that are known.</summary>
    public static async Task<long> ReadAnewAsync(Db db, HolderMarks marks)
    {
        var last = await LastNumberAsync(db);
        marks.PutBack(await AfterAsync(db, 0, last), last);
        return last;
    }

    /// <summary>
    /// Ends every session that the holder has by now. The transaction has locked the marks
    /// (<see cref="Db.LockMarksAsync"/>).
    /// </summary>
    public static async Task<HolderMark> MakeAsync(
        Db db,
        SessionHolder holder,
        StoredName<RevocationReason> reason,
        DateTimeOffset now,
        SessionId? except = null
    )
    {
        // About the time, so that after a restore of an older store a new mark is still above those that were lost; and
        // above those that are known to be.
        var number = await db.NumberAsync(
            "UPDATE counters SET number = CASE WHEN number < $1 THEN $1 ELSE number + 1 END "
                + "WHERE name = 'mark' RETURNING number",
            Math.Max(Value.OfTime(now), (db.KnownMarks?.Newest ?? 0) + 1)
        );
        var mark = new HolderMark(number, holder, now, reason, except);
        await InsertAsync(db, mark);
        return mark;
    }

    /// <summary>
    /// Makes a mark again that the store has forgotten, under its own number if the store has none behind it: what was
    /// opened after it goes on. The transaction has locked the marks.
    /// </summary>
    public static async Task RepeatAsync(Db db, HolderMark mark)
    {
        var raised = await db.ExecuteAsync(
            "UPDATE counters SET number = $1 WHERE name = 'mark' AND number < $1",
            mark.Number
        );
        if (raised == 1)
        {
            await InsertAsync(db, mark);
        }
        else
        {
            // Two stores have gone on without each other, and nobody would read a smaller number again.
            await MakeAsync(db, mark.Holder, mark.Reason, mark.At, mark.Except);
        }
    }

    private static async Task InsertAsync(Db db, HolderMark mark)
    {
        await db.ExecuteAsync(
            $"INSERT INTO marks ({Columns}) VALUES ($1, $2, $3, $4, $5)",
            mark.Number,
            mark.Holder.ToString(),
            mark.At,
            mark.Reason,
            mark.Except
        );
        db.Announce(mark);
    }

    // The store was put back to an earlier time if its last mark is below one that was known before it is asked. What a
    // caller has read may only be older than a mark that was made since: that one must not be forgotten.
    private static async Task ResetIfPutBackAsync(Db db, HolderMarks marks)
    {
        var newest = marks.Newest;
        if (await LastNumberAsync(db) < newest)
        {
            await ReadAnewAsync(db, marks);
        }
    }

    /// <summary>The marks after a number, up to another.</summary>
    public static async Task<List<HolderMark>> AfterAsync(Db db, long known, long last) =>
        [
            .. (
                await db.ListAsync(
                    $"SELECT {Columns} FROM marks WHERE number > $1 AND number <= $2 ORDER BY number",
                    Read,
                    known,
                    last
                )
            ).OfType<HolderMark>(),
        ];

    private static HolderMark? Read(Row row) =>
        SessionHolder.Parse(row.Text(1)) is { } holder
            ? new HolderMark(
                row.Number(0),
                holder,
                row.Time(2),
                row.Name<RevocationReason>(3),
                row.MaybeId(4) is { } except ? new SessionId(except) : null
            )
            : null;
}
