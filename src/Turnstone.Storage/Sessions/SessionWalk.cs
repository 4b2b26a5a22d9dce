using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Reads all sessions in the order of their ids, a bounded number at a time, and counts live ones: for what no index
/// leads to.
/// </summary>
internal sealed class SessionWalk(Engine engine, DateTimeOffset now)
{
    private const int Window = 5000;

    private static readonly string Select =
        "SELECT id, CASE WHEN revoked_at IS NULL AND refresh_expires_at > $2 THEN 1 ELSE 0 END, opened_after, "
        + $"{SessionRow.HolderColumns} FROM sessions WHERE id > $1 ORDER BY id LIMIT {Window}";

    public async Task<int> CountAsync(Func<SessionHolders, bool> counted, CancellationToken cancellationToken)
    {
        var marks = engine.Changes.Marks;
        var (count, place) = (0, Array.Empty<byte>());
        List<(byte[] Id, bool Live)> rows;
        do
        {
            rows = await engine.ReadAsync(
                async db =>
                {
                    await Marks.CatchUpAsync(db, marks);
                    return await db.ListAsync(Select, row => (row.Bytes(0), IsCounted(row)), place, now);
                },
                cancellationToken
            );
            count += rows.Count(row => row.Live);
            place = rows.Count > 0 ? rows[^1].Id : place;
        } while (rows.Count == Window);

        return count;

        bool IsCounted(Row row)
        {
            var holders = SessionRow.ReadHolders(row, 3);
            return row.Flag(1)
                && counted(holders)
                && marks.Find(holders, new SessionId(row.Id(0)), row.Number(2)) is null;
        }
    }
}
