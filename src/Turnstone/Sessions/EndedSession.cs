using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Sessions;

/// <summary>
/// A row by which something is refused by its id until its access tokens are dead by themselves, where the store has no
/// row of it: one of a client's own tokens, or a session that the store has forgotten.
/// </summary>
public static class EndedSession
{
    /// <summary>Why it ended, where nobody remembers.</summary>
    public const RevocationReason Reason = RevocationReason.Logout;

    /// <summary>One that a process remembers and the store does not.</summary>
    public static Session Of(RevokedSession revoked, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(revoked);
        var session = Of(revoked.Id, revoked.OwnTokenOf, Reason, now, revoked.AccessDeadAt, Caller.Operator);
        return revoked is { OwnTokenOf: null, RefreshDeadAt: { } dead }
            ? session with
            {
                RefreshExpiresAt = dead,
            }
            : session;
    }

    /// <param name="id">What is refused.</param>
    /// <param name="ownTokenOf">The client, where it is one of the tokens that a client got for itself.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="now">The present time.</param>
    /// <param name="until">When it is dead by itself.</param>
    /// <param name="by">Who ended it.</param>
    public static Session Of(
        SessionId id,
        string? ownTokenOf,
        RevocationReason reason,
        DateTimeOffset now,
        DateTimeOffset until,
        Caller by
    ) =>
        new()
        {
            Id = id,
            Contract = "",
            Grant = ownTokenOf is null ? GrantKind.Forgotten : GrantKind.ClientCredentials,
            Subject = ownTokenOf ?? "",
            ClientId = ownTokenOf,
            Scopes = Scopes.None,
            Refreshable = false,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = until,

            // For as long as its refresh token could open it again.
            RefreshExpiresAt = ownTokenOf is null ? now + SessionLimits.LongestReopening : now,
            LastUsedAt = now,
            RevokedAt = now,
            RevokedFor = reason,
            OpenedBy = by,
        };
}
