using Turnstone.Sessions;

namespace Turnstone.Server.Own;

public enum SessionState
{
    Live,

    /// <summary>Nobody has refreshed it in time, or it has reached its end.</summary>
    Expired,

    /// <summary>Somebody has ended it.</summary>
    Ended,

    /// <summary>Expired or ended, so long ago that its row was removed.</summary>
    Over,

    /// <summary>Its row is gone, and cannot have been removed yet: a store that was put back has lost it.</summary>
    Lost,
}

/// <summary>What became of a session, from its row: its expiry is written nowhere else.</summary>
public sealed record SessionFate(SessionState State, DateTimeOffset? At = null)
{
    public static SessionFate Of(Session session, DateTimeOffset now) =>
        session.RevokedAt is { } ended ? new(SessionState.Ended, ended)
        : session.RefreshExpiresAt <= now ? new(SessionState.Expired, session.RefreshExpiresAt)
        : new(SessionState.Live);
}
