using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Journal;

/// <summary>
/// Reads from the store what has ended since a point: what other processes ended, and what a killed one did not come to
/// write down.
/// </summary>
internal sealed class JournalSource(Engine engine)
{
    private const int Page = 1000;

    // A store that was put back has gone on since then at the earliest.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>How far the store is.</summary>
    public Task<PointEntry> PointAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db => new PointEntry(now, await db.ChangesAsync(), await Marks.LastNumberAsync(db)),
            cancellationToken
        );

    /// <summary>In pages, each with what ended one by one or with marks.</summary>
    public async IAsyncEnumerable<IReadOnlyList<JournalEntry>> BetweenAsync(
        PointEntry? from,
        PointEntry to,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (from is { Change.UnderWay.Count: > 0 })
        {
            yield return await engine.ReadAsync(
                async db =>
                    Entries(
                        await db.ListOfAsync(
                            $"SELECT {Revocations.Columns} FROM sessions "
                                + $"WHERE revoked_number IS NOT NULL AND {db.OneOf("revoked_number")}",
                            Revocations.Read,
                            from.Change.UnderWay
                        )
                    ),
                cancellationToken
            );
        }

        var wentBack = to.Change.MayLack(from?.Change);
        var otherHistory = wentBack && to.Change.History != from!.Change.History;
        var since = wentBack && !otherHistory ? from!.At - Overlap : DateTimeOffset.UnixEpoch;
        var place = (Number: from is null || wentBack ? 0 : from.Change.Next, Id: Array.Empty<byte>());
        List<(RevokedSession Ended, long Number)> page;
        do
        {
            page = await engine.ReadAsync(
                db =>
                    db.ListAsync(
                        $"SELECT {Revocations.Columns}, revoked_number FROM sessions "
                            + "WHERE revoked_number IS NOT NULL AND revoked_number >= $1 "
                            + "AND (revoked_number > $1 OR id > $2) AND revoked_at >= $3 "
                            + "ORDER BY revoked_number, id LIMIT $4",
                        row => (Revocations.Read(row), row.Number(Revocations.ColumnCount)),
                        place.Number,
                        place.Id,
                        since,
                        Page
                    ),
                cancellationToken
            );
            if (page.Count > 0)
            {
                yield return Entries(page.Select(row => row.Ended));
                place = (page[^1].Number, page[^1].Ended.Id.ToBytes());
            }
        } while (page.Count == Page);

        var afterMark = otherHistory ? 0 : from?.Mark ?? 0;
        if (to.Mark > afterMark)
        {
            yield return await engine.ReadAsync<IReadOnlyList<JournalEntry>>(
                async db => [.. (await Marks.AfterAsync(db, afterMark, to.Mark)).Select(mark => new MarkEntry(mark))],
                cancellationToken
            );
        }
    }

    /// <summary>About the moment that the store is from: when something was last recorded in it.</summary>
    public async Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken)
    {
        var found = await engine.ReadAsync(NewestEntry.ReadAsync, cancellationToken);
        return found;
    }

    /// <summary>Whether somebody has ever logged in.</summary>
    public Task<bool> HasSessionsAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(db => db.AnyAsync("SELECT 1 FROM sessions LIMIT 1"), cancellationToken);

    private static List<JournalEntry> Entries(IEnumerable<RevokedSession> ended) =>
        [.. ended.Select(one => new EndedEntry(one))];
}
