using System.Security.Cryptography;
using System.Text;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Revocation;

/// <summary>What a client is told: whose session has ended, and which.</summary>
public sealed record LogoutNotice(string ClientId, string Subject, SessionId SessionId);

/// <summary>
/// Puts into the store what clients that asked for it are to be told (OpenID Connect Back-Channel Logout). It never
/// stands in the way of an end: the session has ended before, and a notice that finds too many waiting is left out.
/// </summary>
public sealed class LogoutNotices(
    ILogoutNoticeStore store,
    ClientDirectory clients,
    MasterKeyRing keys,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>How many may wait, of all nodes and clients together.</summary>
    public const int Capacity = 10_000;

    /// <summary>How many sessions of one holder are told of when all of them end at once.</summary>
    public const int MostAtOnce = 200;

    /// <summary>
    /// Notes the end of these sessions, as far as their clients want to hear of it. It cannot be cancelled and does not
    /// fail: the sessions have ended, and an answer that nothing was done would be wrong.
    /// </summary>
    public async Task AddAsync(IEnumerable<Session> ended)
    {
        ArgumentNullException.ThrowIfNull(ended);
        try
        {
            foreach (var session in ended.Where(Names))
            {
                if (await clients.FindAsync(session.ClientId, default) is { BackchannelLogoutUri: not null })
                {
                    await AddAsync(new LogoutNotice(session.ClientId!, session.Subject, session.Id));
                }
            }
        }
        catch (StoreUnavailableException)
        {
            // The clients learn of it at their next refresh.
        }
    }

    /// <summary>Null if it was not sealed for this id under a key in force.</summary>
    public LogoutNotice? Open(WaitingLetter waiting)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        try
        {
            var parts = Encoding.UTF8.GetString(keys.Open(Purpose(waiting.Id), waiting.Sealed)).Split('\n');
            return parts is [var client, var subject, var sid] && SessionId.TryParse(sid, out var session)
                ? new LogoutNotice(client, subject, session.Value)
                : null;
        }
        catch (Exception reason) when (reason is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private Task<bool> AddAsync(LogoutNotice notice)
    {
        var now = time.GetUtcNow();
        var id = random.NewId(now);
        var waiting = new WaitingLetter(id, Seal(id, notice), CreatedAt: now, DueAt: now, Tries: 0);
        return store.AddAsync(waiting, Capacity, CancellationToken.None);
    }

    /// <summary>Whether its client has been given an ID token, which names the session.</summary>
    private static bool Names(Session session) =>
        session is { ClientId: not null, AccountId: not null } && session.Scopes.Contains(IdentityScopes.OpenId);

    private byte[] Seal(Guid id, LogoutNotice notice) =>
        keys.Seal(
            Purpose(id),
            Encoding.UTF8.GetBytes($"{notice.ClientId}\n{notice.Subject}\n{notice.SessionId}"),
            random
        );

    private static string Purpose(Guid id) => $"logout notice\n{id:N}";
}
