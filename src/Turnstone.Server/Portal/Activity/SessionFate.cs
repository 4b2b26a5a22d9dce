using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Activity;

public enum SessionState
{
    Live,

    /// <summary>Nobody has refreshed it in time, or it has reached its end.</summary>
    Expired,

    /// <summary>Somebody has ended it.</summary>
    Ended,

    /// <summary>Expired or ended, so long ago that its row was removed.</summary>
    Over,
}

/// <summary>What became of a session, from its row: its expiry is written nowhere else.</summary>
public sealed record SessionFate(SessionState State, DateTimeOffset? At = null)
{
    private static SessionFate Of(Session session, DateTimeOffset now) =>
        session.RevokedAt is { } ended ? new(SessionState.Ended, ended)
        : session.RefreshExpiresAt <= now ? new(SessionState.Expired, session.RefreshExpiresAt)
        : new(SessionState.Live);

    /// <summary>The entries as the reader may see them, with what became of the reader's own sessions.</summary>
    public static async Task<IReadOnlyList<ActivityRow>> ToRowsAsync(
        IEnumerable<AuditEntry> entries,
        Guid reader,
        ISessionStore sessions,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        List<ActivityRow> rows = [.. entries.Select(entry => ActivityRow.Of(entry, reader))];
        var fates = (
            await sessions.FindAllAsync(
                [.. rows.Select(row => Opened(row.Entry, reader)).OfType<SessionId>().Distinct()],
                cancellationToken
            )
        ).ToDictionary(session => session.Id, session => Of(session, now));
        return
        [
            .. rows.Select(row =>
                Opened(row.Entry, reader) is { } id
                    ? row with
                    {
                        Fate = fates.GetValueOrDefault(id, new(SessionState.Over)),
                    }
                    : row
            ),
        ];
    }

    // A session that was opened again has its login in no entry: the store has forgotten it.
    private static SessionId? Opened(AuditEntry entry, Guid reader) =>
        entry.Refused is null
        && entry.AccountId == reader
        && entry.Event.Known is AuditEvent.Login or AuditEvent.StoreForgot
            ? entry.SessionId
            : null;
}
