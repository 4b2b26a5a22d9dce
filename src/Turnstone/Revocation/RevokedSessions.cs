using System.Collections.Concurrent;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Revocation;

/// <summary>
/// The sessions that were revoked while an access token of theirs may still be good: what a reader asks, in memory. It
/// holds one entry for each, and drops it once the token is dead by itself.
/// </summary>
/// <remarks>
/// It is as current as its last <see cref="RefreshAsync"/>: a node hears of revocations by <see cref="IStoreChanges"/>
/// and polls as a backstop. While the store is away the set stays as it was: what was revoked stays refused, and
/// nothing can be revoked in that store either; a node that alone has lost the store does not hear of what others
/// revoke, which <see cref="CurrentAsOf"/> shows, so that such a node can be taken out of service. Before its first
/// load it knows nothing and says so by refusing to answer, rather than letting every revoked token pass.
/// </remarks>
public sealed class RevokedSessions(ISessionStore store, RevocationMeter meter, TimeProvider time)
{
    /// <summary>
    /// How far back a refresh reads again: another node's clock may be behind, and a revocation is stamped before it is
    /// committed.
    /// </summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often everything is read again, should a revocation ever come later than the overlap allows for.
    /// </summary>
    private static readonly TimeSpan WholeInterval = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<SessionId, DateTimeOffset> untils = new();
    private readonly Lock gate = new();
    private DateTimeOffset? wholeAsOf;
    private DateTimeOffset? currentAsOf;
    private volatile bool loaded;

    /// <summary>Every revocation committed before this moment is known here; null before the first load.</summary>
    public DateTimeOffset? CurrentAsOf
    {
        get
        {
            lock (gate)
            {
                return currentAsOf;
            }
        }
    }

    /// <summary>How many are remembered.</summary>
    public int Count => untils.Count;

    /// <exception cref="StoreUnavailableException">The set was never loaded.</exception>
    public bool Contains(SessionId session) =>
        loaded
            ? untils.ContainsKey(session)
            : throw new StoreUnavailableException("The revoked sessions have not been read yet.")
            {
                Cause = UnavailableCause.NotReady,
            };

    /// <summary>
    /// Refuses a session here at once, without waiting to read it back; <paramref name="until"/> is when its last
    /// access token expires.
    /// </summary>
    public void Add(SessionId session, DateTimeOffset until)
    {
        var forgotten = until + AccessTokenReader.Skew;
        untils.AddOrUpdate(session, forgotten, (_, known) => known > forgotten ? known : forgotten);
    }

    /// <summary>Reads what was revoked since the last time and drops what no token can need any more.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; the set is as it was.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (since, whole) = Since(now);
        foreach (var revoked in await store.RevokedSinceAsync(since, cancellationToken))
        {
            if (revoked.AccessDeadAt + AccessTokenReader.Skew > now)
            {
                Hear(revoked);
            }
        }

        foreach (var entry in untils)
        {
            if (entry.Value <= now)
            {
                untils.TryRemove(entry);
            }
        }

        lock (gate)
        {
            // Two refreshes may overtake each other; neither takes back what the other reached. Only a whole one does:
            // it has everything, and the clock may have been set back.
            currentAsOf = !whole && currentAsOf > now ? currentAsOf : now;
            wholeAsOf = whole ? now : wholeAsOf;
        }

        loaded = true;
    }

    // At the first load everything is old: nobody was answered by this node while it did not know.
    private void Hear(RevokedSession revoked)
    {
        var news = loaded && !untils.ContainsKey(revoked.Id);
        Add(revoked.Id, revoked.AccessDeadAt);
        if (news)
        {
            meter.Heard(time.GetUtcNow() - revoked.RevokedAt);
        }
    }

    private (DateTimeOffset Since, bool Whole) Since(DateTimeOffset now)
    {
        lock (gate)
        {
            // A clock that was set back makes what was reached worthless: everything is read again.
            return currentAsOf is { } asOf && asOf <= now && now - wholeAsOf < WholeInterval
                ? (asOf - Overlap, false)
                : (now - Terms.LongestAccessLifetime - AccessTokenReader.Skew, true);
        }
    }
}
