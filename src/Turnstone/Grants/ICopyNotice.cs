using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>Tells an account that a copy of a refresh token of its session is suspected.</summary>
public interface ICopyNotice
{
    /// <summary>Never fails: the refresh has been committed with its audit entry.</summary>
    /// <param name="session">The session, which may have been ended.</param>
    /// <param name="caller">Who refreshed last: the account's program or somebody else.</param>
    Task SuspectedAsync(Session session, Caller caller);
}
