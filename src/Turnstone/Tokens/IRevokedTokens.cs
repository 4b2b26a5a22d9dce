using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>Which access tokens are refused although their time is not over.</summary>
public interface IRevokedTokens
{
    /// <param name="session">The session that the token belongs to.</param>
    /// <param name="holders">What holds the session.</param>
    /// <param name="openedAfter">The number of the last mark when the session was opened.</param>
    /// <param name="token">The token's own id, where it is one.</param>
    /// <exception cref="Storage.StoreUnavailableException">What was revoked is not known yet.</exception>
    bool Contains(SessionId session, SessionHolders holders, long openedAfter, SessionId? token);
}
