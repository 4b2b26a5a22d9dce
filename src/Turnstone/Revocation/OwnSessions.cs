using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>
/// Everything that holds a token for a customer: the sessions of the account and those of the clients it owns. A
/// session of anybody else is answered like one that does not exist.
/// <para>
/// Holders have names, as in a URL: <c>account</c>, the id of a client, <c>key:</c> and the id of an API key,
/// <c>consent:</c> and the id of a client that the account has let in. An id of a client has no colon.
/// </para>
/// </summary>
public sealed class OwnSessions(
    ISessionStore sessions,
    IClientStore clients,
    IApiKeyStore apiKeys,
    SessionRevocation revocation,
    TimeProvider time
)
{
    /// <summary>Names the account itself among the holders.</summary>
    public const string Account = "account";

    /// <summary>Names the account's sessions of no key and no client. No mark ends just these.</summary>
    public const string Direct = "direct";

    private const int PageOfDirect = 100;
    private const int MostDirect = 1000;
    private const string KeyPrefix = "key:";
    private const string ConsentPrefix = "consent:";

    public static string OfKey(Guid id) => $"{KeyPrefix}{id:D}";

    public static string OfConsent(string clientId) => $"{ConsentPrefix}{clientId}";

    /// <summary>
    /// The account's holders: all of them, or the one of that name; empty when the name is none of theirs. The clients
    /// come from the store at every call, so a name that was typed in gives nothing away. Among all are no ended
    /// clients, however many there have been: their sessions ended with them.
    /// </summary>
    public async Task<IReadOnlyList<SessionHolder>> HoldersAsync(
        Guid accountId,
        string? only,
        CancellationToken cancellationToken
    )
    {
        if (only?.StartsWith(KeyPrefix, StringComparison.Ordinal) is true)
        {
            return
                Guid.TryParseExact(only[KeyPrefix.Length..], "D", out var key)
                && (await apiKeys.FindAsync(key, cancellationToken))?.AccountId == accountId
                ? [SessionHolder.ApiKey(key)]
                : [];
        }

        if (only?.StartsWith(ConsentPrefix, StringComparison.Ordinal) is true)
        {
            var client = only[ConsentPrefix.Length..];
            var consent = SessionHolder.Consent(accountId, client);

            // Only where there is something to end: a mark for a text that was typed in would stay in every node.
            return
                client.Length is >= 1 and <= ClientDirectory.LongestId
                && client.All(c => c is >= ' ' and <= '~')
                && (await sessions.ListAsync(consent, 1, cancellationToken)).Count > 0
                ? [consent]
                : [];
        }

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
        Guid accountId,
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
                except: except,
                accountId: holder.ApiKeyId is null ? null : accountId
            );
        }

        return ended;
    }

    /// <summary>
    /// Ends the account's sessions of no key and no client, each by itself, among its newest thousand; answers how
    /// many.
    /// </summary>
    public async Task<SessionCount> EndDirectAsync(Guid accountId, Caller caller, CancellationToken cancellationToken)
    {
        var (ended, read) = (0, 0);
        SessionPlace? after = null;
        while (read < MostDirect)
        {
            var page = await sessions.ListAsync(
                SessionHolder.Account(accountId),
                PageOfDirect,
                cancellationToken,
                after
            );
            foreach (var session in page.Where(session => session is { ApiKeyId: null, ClientId: null }))
            {
                var done = await revocation.EndAsync(session.Id, RevocationReason.ByOwner, caller, cancellationToken);
                ended += done ? 1 : 0;
            }

            if (page.Count < PageOfDirect)
            {
                return new(ended);
            }

            read += page.Count;
            after = SessionPlace.Of(page[^1]);
        }

        return new(ended, OrMore: true);
    }

    private static bool Holds(SessionHolder holder, Session session) =>
        holder.Kind switch
        {
            HolderKind.Account => session.AccountId == holder.AccountId,
            HolderKind.Client => session.ClientId == holder.ClientId,
            HolderKind.ApiKey => session.ApiKeyId == holder.ApiKeyId,
            HolderKind.Consent => session.AccountId == holder.AccountId && session.ClientId == holder.ClientId,
            _ => false,
        };
}
