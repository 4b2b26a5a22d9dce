using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>Tells an account that a refresh token of its session may have been copied.</summary>
public interface ICopyNotice
{
    /// <summary>Never fails: the refresh has been committed with its audit entry.</summary>
    /// <param name="session">The session, which may have been ended.</param>
    /// <param name="caller">Who refreshed last: the account's program or somebody else.</param>
    Task SuspectedAsync(Session session, Caller caller);

    /// <summary>
    /// A token that had been replaced came again, and the session has ended for it. Never fails either.
    /// </summary>
    Task ReusedAsync(Session session, Caller caller);
}
