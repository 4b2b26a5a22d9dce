using Turnstone.Audit;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// One pass over a batch of refreshes: every attempt is decided in turn on the rows that were read, each seeing what the ones before it
/// did, so that many refreshes of one token make one advance and replays of it; a row that changed is then written once.
/// </summary>
internal sealed class RotationRound
{
    private readonly Dictionary<SessionId, Session> before;
    private readonly Dictionary<SessionId, Session> after;
    private readonly List<(SessionId Session, AuditEntry Entry)> entries = [];
    private readonly List<PendingRotation> decided = [];

    private RotationRound(IEnumerable<Session> rows)
    {
        before = rows.ToDictionary(row => row.Id);
        after = new(before);
    }

    /// <summary>Whether something has to be written together with the rows.</summary>
    public bool HasEntries => entries.Count > 0;

    public static async Task<RotationRound> DecideAsync(Db db, IReadOnlyList<PendingRotation> batch, DateTimeOffset now)
    {
        var round = new RotationRound(await db.ReadSessionsAsync(batch.Select(rotation => rotation.Session).ToHashSet()));
        foreach (var rotation in batch)
        {
            round.Decide(rotation, now);
        }

        return round;
    }

    /// <summary>Writes what was decided; answers the refreshes that hold, and those whose row has moved since it was read.</summary>
    public async Task<(List<PendingRotation> Hold, List<PendingRotation> Again)> WriteAsync(Db db)
    {
        // In the order of their ids, so that two nodes that write the same rows wait for each other and do not lock up.
        var changed = after.Values.Where(row => row.Version != before[row.Id].Version).OrderBy(row => row.Id.Value).ToList();
        var moved = changed.Select(row => row.Id).ToHashSet();
        if (changed.Count > 0)
        {
            moved.ExceptWith(await db.WriteRotatedAsync(changed, changed.ConvertAll(row => before[row.Id].Version)));
        }

        await AuditRow.AppendAsync(db, [.. entries.Where(entry => !moved.Contains(entry.Session)).Select(entry => entry.Entry)]);
        if (changed.Exists(row => row.RevokedAt is not null && !moved.Contains(row.Id)))
        {
            db.Announce(ChangeKind.Revocations);
        }

        return (decided.FindAll(rotation => !moved.Contains(rotation.Session)), decided.FindAll(rotation => moved.Contains(rotation.Session)));
    }

    private void Decide(PendingRotation rotation, DateTimeOffset now)
    {
        if (rotation.Late)
        {
            rotation.Fail(StorageMetrics.Overloaded());
            return;
        }

        try
        {
            var (decision, entry) = rotation.Decide(after.GetValueOrDefault(rotation.Session), now);
            if (decision.Writes)
            {
                after[rotation.Session] = decision.Session!;
            }

            if (entry is not null)
            {
                entries.Add((rotation.Session, entry));
            }

            decided.Add(rotation);
        }
#pragma warning disable CA1031 // an attempt that cannot be decided is answered with its own exception and leaves its neighbours alone
        catch (Exception reason)
#pragma warning restore CA1031
        {
            rotation.Fail(reason);
        }
    }
}
