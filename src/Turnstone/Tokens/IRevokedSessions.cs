using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tokens;

/// <summary>
/// The sessions whose access tokens are refused by name. Asked at every reading, so it answers from memory.
/// </summary>
public interface IRevokedSessions
{
    /// <exception cref="StoreUnavailableException">They have not been read yet.</exception>
    bool Contains(SessionId session);
}
