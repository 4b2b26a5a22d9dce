using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>
/// Everything that holds a token for a customer: the sessions of the account and those of the clients it owns. A
/// session of anybody else is answered like one that does not exist.
/// </summary>
public sealed class OwnSessions(
    ISessionStore sessions,
    IClientStore clients,
    SessionRevocation revocation,
    TimeProvider time
)
{
    /// <summary>Names the account itself among the holders.</summary>
    public const string Account = "account";

    /// <summary>
    /// The account's holders: all of them, the account itself, or one client by its id; empty when the name is none of
    /// theirs. The clients come from the store at every call, so a name that was typed in gives nothing away. Among all
    /// are no ended clients, however many there have been: their sessions ended with them.
    /// </summary>
    public async Task<IReadOnlyList<SessionHolder>> HoldersAsync(
        Guid accountId,
        string? only,
        CancellationToken cancellationToken
    )
    {
        var owned = await clients.ListAsync(accountId, cancellationToken);
        return only switch
        {
            null or "" =>
            [
                SessionHolder.Account(accountId),
                .. owned.Where(client => client.DisabledAt is null).Select(client => SessionHolder.Client(client.Id)),
            ],
            Account => [SessionHolder.Account(accountId)],
            _ => [.. owned.Where(client => client.Id == only).Select(client => SessionHolder.Client(client.Id))],
        };
    }

    /// <summary>What these hold, newest first, each session once.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(
        IReadOnlyList<SessionHolder> holders,
        int limit,
        SessionPlace? after,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<SessionId, Session>();
        foreach (var holder in holders)
        {
            foreach (var session in await sessions.ListAsync(holder, limit, cancellationToken, after))
            {
                found[session.Id] = session;
            }
        }

        return
        [
            .. found
                .Values.OrderByDescending(session => session.CreatedAt)
                .ThenByDescending(session => session.Id.Value)
                .Take(limit),
        ];
    }

    /// <summary>The session, if it is live and held by one of these.</summary>
    public async Task<Session?> FindAsync(
        IReadOnlyList<SessionHolder> holders,
        SessionId id,
        CancellationToken cancellationToken
    ) =>
        await sessions.FindAsync(id, cancellationToken) is { } session
        && session.IsLive(time.GetUtcNow())
        && holders.Any(holder => Holds(holder, session))
            ? session
            : null;

    public async Task<bool> EndAsync(
        IReadOnlyList<SessionHolder> holders,
        SessionId id,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(holders, id, cancellationToken) is not null
        && await revocation.EndAsync(id, RevocationReason.ByOwner, caller, cancellationToken);

    /// <summary>Ends all that these hold, but the one that is to stay; answers how many.</summary>
    public async Task<SessionCount> EndAllAsync(
        IReadOnlyList<SessionHolder> holders,
        Caller caller,
        CancellationToken cancellationToken,
        SessionId? except = null
    )
    {
        var ended = new SessionCount();
        foreach (var holder in holders)
        {
            ended += await revocation.EndAllAsync(
                holder,
                RevocationReason.ByOwner,
                caller,
                cancellationToken,
                except: except
            );
        }

        return ended;
    }

    private static bool Holds(SessionHolder holder, Session session) =>
        (holder.AccountId is { } account && session.AccountId == account)
        || (holder.ClientId is { } client && session.ClientId == client);
}
