using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>The sessions that clients have got from one sign-in in the portal.</summary>
public sealed class SignInSessions(ISessionStore sessions, SessionRevocation revocation, LogoutNotices notices)
{
    private const int Page = 500;

    /// <summary>Ends what the client has got from this sign-in.</summary>
    public async Task EndAsync(
        Guid signIn,
        Guid accountId,
        string clientId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        SessionPlace? after = null;
        IReadOnlyList<Session> page;
        do
        {
            var holder = SessionHolder.Consent(accountId, clientId);
            page = await sessions.ListAsync(holder, Page, cancellationToken, after);
            foreach (var session in page.Where(session => session.SignIn == signIn))
            {
                await revocation.EndAsync(session.Id, RevocationReason.Logout, caller, cancellationToken);
            }

            after = page.Count > 0 ? SessionPlace.Of(page[^1]) : null;
        } while (page.Count == Page);
    }

    /// <summary>
    /// The person has signed out here: every client that was let in from this sign-in is told. What clients may do
    /// without the person stays (OpenID Connect Back-Channel Logout §2.7).
    /// </summary>
    public async Task NotifyAsync(Guid signIn, Guid accountId)
    {
        try
        {
            await notices.AddAsync(await BegunFromAsync(signIn, accountId));
        }
        catch (StoreUnavailableException)
        {
            // As with a notice that could not be written: the person has signed out.
        }
    }

    private async Task<List<Session>> BegunFromAsync(Guid signIn, Guid accountId)
    {
        List<Session> begun = [];
        SessionPlace? after = null;
        IReadOnlyList<Session> page;
        do
        {
            page = await sessions.ListAsync(SessionHolder.Account(accountId), Page, default, after);
            begun.AddRange(page.Where(session => session.SignIn == signIn));
            after = page.Count > 0 ? SessionPlace.Of(page[^1]) : null;
        } while (page.Count == Page && begun.Count < LogoutNotices.MostAtOnce);

        return begun;
    }

    /// <summary>Ends the session that a client's ID token names, if it is that client's and that person's.</summary>
    public async Task EndNamedAsync(
        SessionId id,
        string subject,
        string clientId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (
            await sessions.FindAsync(id, cancellationToken) is { RevokedAt: null } session
            && session.ClientId == clientId
            && session.Subject == subject
        )
        {
            await revocation.EndAsync(id, RevocationReason.Logout, caller, cancellationToken);
        }
    }
}
