using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>Reads the sessions that were revoked one by one and whose access token may still be good.</summary>
internal static class RevokedRows
{
    // Readers of access tokens allow for clocks that differ: until then a token past its end may still be taken.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    // How far back revocations without a number are read again: those of servers of the version before.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    private const string Select = $"SELECT {Revocations.Columns} FROM sessions WHERE";
    private const string StillNeeded = "AND (access_expires_at > $2 OR revoked_at + longest_access > $2)";

    public static async Task<RevocationNews> ReadAsync(Db db, ChangePoint? known, DateTimeOffset now)
    {
        // First the point, then the rows: what is committed between the two is read again the next time.
        var point = await db.ChangesAsync();
        var after = known is null || point.MayLack(known) ? new ChangePoint(0, []) : known;
        List<RevokedSession> revoked = await db.ListAsync(
            $"{Select} revoked_number IS NOT NULL AND revoked_number >= $1 {StillNeeded}",
            Revocations.Read,
            after.Next,
            now - Skew
        );
        revoked.AddRange(
            await db.ListOfAsync(
                $"{Select} revoked_number IS NOT NULL AND {db.OneOf("revoked_number")} {StillNeeded}",
                Revocations.Read,
                after.UnderWay,
                now - Skew
            )
        );
        revoked.AddRange(
            await db.ListAsync(
                $"{Select} revoked_at IS NOT NULL AND revoked_number IS NULL AND revoked_at >= $1 {StillNeeded}",
                Revocations.Read,
                after.Next == 0 ? DateTimeOffset.UnixEpoch : now - Overlap,
                now - Skew
            )
        );
        return new RevocationNews(point, revoked);
    }
}
