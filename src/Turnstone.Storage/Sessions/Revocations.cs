using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Ending sessions inside another change's transaction. Sessions that look expired are ended too: in a store that came
/// back older than its clients they may only look so.
/// </summary>
internal static class Revocations
{
    /// <summary>Until when the access tokens of a revoked session have to be refused.</summary>
    private const string AccessDeadAt =
        "CASE WHEN revoked_at + longest_access > access_expires_at THEN revoked_at + longest_access "
        + "ELSE access_expires_at END";

    // As Rotation.Ended has it.
    private const string LatestEnd = "$2 + refresh_expires_at - advanced_at";

    /// <summary>What has to be known of a revoked session, for <see cref="Read"/>.</summary>
    public const string Columns =
        $"id, revoked_at, {AccessDeadAt}, CASE WHEN grant_kind = '{GrantKind.ClientCredentials}' THEN client_id END, "
        + "opened_after, refresh_expires_at";

    public const int ColumnCount = 6;

    /// <summary>Ends one session, if its row does not say that it has ended.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="id">The session.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The present time.</param>
    /// <param name="refreshDeadAt">Until when a refresh token may be good that the store has forgotten.</param>
    public static async Task<RevokedSession?> EndOneAsync(
        Db db,
        SessionId id,
        RevocationReason reason,
        DateTimeOffset now,
        DateTimeOffset? refreshDeadAt = null
    )
    {
        var ended = await db.FirstAsync(
            "UPDATE sessions SET revoked_at = $2, revoked_for = $3, version = version + 1, "
                + $"refresh_expires_at = CASE WHEN {LatestEnd} < $4 THEN $4 "
                + $"WHEN refresh_expires_at < {LatestEnd} THEN {LatestEnd} ELSE refresh_expires_at END "
                + $"WHERE id = $1 AND revoked_at IS NULL RETURNING {Columns}",
            Read,
            id,
            now,
            reason,
            refreshDeadAt ?? DateTimeOffset.UnixEpoch
        );
        if (ended is not null)
        {
            await db.NumberChangeAsync([id]);
            db.Announce([ended]);
        }

        return ended;
    }

    /// <summary>
    /// Ends what a client holds, and withdraws the preconditions of what it is about to hold. The transaction has
    /// locked the marks.
    /// </summary>
    public static async Task<HolderMark> EndClientAsync(
        Db db,
        string clientId,
        RevocationReason reason,
        DateTimeOffset now,
        SessionId? except = null
    )
    {
        // standing_epoch is what servers of the version before go by.
        await db.ExecuteAsync(
            "UPDATE clients SET epoch = epoch + 1, standing_epoch = standing_epoch + 1 WHERE id = $1",
            clientId
        );
        db.Announce(ChangeKind.Directory);
        return await Marks.MakeAsync(db, SessionHolder.Client(clientId), reason, now, except);
    }

    public static RevokedSession Read(Row row) =>
        new(new SessionId(row.Id(0)), row.Time(1), row.Time(2))
        {
            OwnTokenOf = row.MaybeText(3),
            OpenedAfter = row.Number(4),
            RefreshDeadAt = row.Time(5),
        };
}
