using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// One pass over a batch of refreshes: every attempt is decided in turn on the rows that were read, each seeing what
/// the ones before it did, so that many refreshes of one token make one advance and replays of it; a row that changed
/// is then written once.
/// </summary>
internal sealed class RotationRound
{
    // In the order of their ids, so that two nodes that write the same rows wait for each other and do not lock up.
    private static readonly Comparison<ChangedSession> ById = (one, other) =>
        one.After.Id.Value.CompareTo(other.After.Id.Value);

    private readonly Dictionary<SessionId, ChangedSession?> rows;
    private readonly List<PendingRotation> decided;
    private readonly List<(SessionId Session, AuditEntry Entry)> entries = [];
    private long lastMark;
    private bool behind;

    private RotationRound(IReadOnlyList<PendingRotation> batch)
    {
        decided = new(batch.Count);
        rows = new(batch.Count);
        foreach (var rotation in batch)
        {
            rows.TryAdd(rotation.Session, null);
        }
    }

    /// <summary>Whether something has to be written together with the rows.</summary>
    public bool HasEntries => entries.Count > 0;

    public static async Task<RotationRound> DecideAsync(
        Db db,
        IReadOnlyList<PendingRotation> batch,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var round = new RotationRound(batch);
        (var read, round.lastMark) = await db.ReadSessionsAsync(round.rows.Keys);
        await Marks.CatchUpAsync(db, marks, round.lastMark);
        var others = await OthersAsync(db, read, marks);
        foreach (var row in read)
        {
            round.rows[row.Id] = new(row, EndWith(others, marks.Apply(row)));
        }

        var spending = batch.Where(rotation => rotation.Spends(round.rows[rotation.Session]?.After)).ToHashSet();
        var proofs = await SpentStore.SpendAsync(db, [.. spending.Select(rotation => rotation.Proof!)]);
        foreach (var rotation in batch)
        {
            // The first of two with the same proof has taken it.
            var isNew =
                !spending.Contains(rotation) || proofs.Remove(Convert.ToHexStringLower(rotation.Proof!.Hash));
            round.Decide(rotation, isNew, now);
        }

        return round;
    }

    /// <summary>
    /// Writes what was decided; answers the refreshes that hold, and those whose row has moved since it was read.
    /// </summary>
    public async Task<(List<PendingRotation> Hold, List<PendingRotation> Again)> WriteAsync(Db db)
    {
        var changed = Changed();
        var moved = changed.Count > 0 ? await db.WriteRotatedAsync(changed, lastMark) : [];
        if (HasEntries)
        {
            await AuditRow.AppendAsync(
                db,
                [.. entries.Where(entry => !moved.Contains(entry.Session)).Select(entry => entry.Entry)]
            );
        }

        if (behind)
        {
            db.AnnounceStoreForgot();
        }

        var ended = changed.FindAll(row => row.After.RevokedAt is not null && !moved.Contains(row.After.Id));
        if (ended.Count > 0)
        {
            await db.NumberChangeAsync(ended.ConvertAll(row => row.After.Id));
            db.Announce(ended.ConvertAll(row => row.After.ToRevoked()));
        }

        return moved.Count == 0
            ? (decided, [])
            : (
                decided.FindAll(rotation => !moved.Contains(rotation.Session)),
                decided.FindAll(rotation => moved.Contains(rotation.Session))
            );
    }

    // What the sessions of the batch depend on: most depend on none, and nothing more is read.
    private static async Task<Dictionary<SessionId, Session>> OthersAsync(Db db, List<Session> read, HolderMarks marks)
    {
        var ids = read.Select(row => row.DependsOn).OfType<SessionId>().ToHashSet();
        return ids.Count == 0 ? [] : (await db.ReadSessionsAsync(ids)).Rows.ToDictionary(row => row.Id, marks.Apply);
    }

    // One that only looks expired may go on: the store may have been put back. One that is gone was dead for days.
    private static Session EndWith(Dictionary<SessionId, Session> others, Session session) =>
        session is not { DependsOn: { } on, RevokedAt: null } || others.GetValueOrDefault(on) is { RevokedAt: null }
            ? session
            : session with
            {
                RevokedAt = others.GetValueOrDefault(on)?.RevokedAt ?? session.LastUsedAt,
                RevokedFor = others.GetValueOrDefault(on)?.RevokedFor ?? RevocationReason.Logout,
            };

    private List<ChangedSession> Changed()
    {
        var changed = new List<ChangedSession>(rows.Count);
        foreach (var row in rows.Values)
        {
            if (row is { } known && known.After.Version != known.Before.Version)
            {
                changed.Add(known);
            }
        }

        changed.Sort(ById);
        return changed;
    }

    private void Decide(PendingRotation rotation, bool proofIsNew, DateTimeOffset now)
    {
        if (rotation.Late)
        {
            rotation.Fail(StorageMetrics.Overloaded());
            return;
        }

        if (rotation.Abandoned)
        {
            rotation.Fail(new OperationCanceledException());
            return;
        }

        try
        {
            var row = rows[rotation.Session];
            var (decision, entry) = rotation.Decide(row?.After, proofIsNew, now);
            if (row is { } known && decision.Writes)
            {
                rows[rotation.Session] = known with { After = decision.Session! };
            }

            if (entry is not null)
            {
                behind |= decision.Distance < 0;
                entries.Add((rotation.Session, entry));
            }

            decided.Add(rotation);
        }
#pragma warning disable CA1031 // each attempt gets its own exception; its neighbours go on
        catch (Exception reason)
#pragma warning restore CA1031
        {
            rotation.Fail(reason);
        }
    }
}
