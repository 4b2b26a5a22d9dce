using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Opens a batch of sessions in one transaction: what vouches for each is asked for all of them together, and those
/// that stand are written with their entries.
/// </summary>
internal static class OpeningRound
{
    public static async Task RunAsync(Db db, IReadOnlyList<PendingOpening> batch, DateTimeOffset now)
    {
        var standing = await PreconditionCheck.StandingAsync(db, batch, now);
        foreach (var opening in batch)
        {
            opening.Opened = standing.Contains(opening);
        }

        if (standing.Count > 0)
        {
            if (standing.Exists(opening => opening.Session.RevokedAt is not null))
            {
                db.Announce(ChangeKind.Revocations);
            }

            await SessionRow.InsertAsync(db, standing.ConvertAll(opening => opening.Session));
            await AuditRow.AppendAsync(db, standing.ConvertAll(opening => opening.Entry));
        }
    }
}
