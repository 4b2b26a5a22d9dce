using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Revocation;

/// <summary>
/// What has been revoked while an access token of it may still be good: what a reader asks, in memory. Sessions that
/// were revoked one by one stand here by their id; all of a holder's are refused by the holder's mark.
/// </summary>
/// <remarks>
/// What this process revokes, the store tells before the revocation returns. What others revoke is read by the number
/// of the change (<see cref="RefreshAsync"/>): when the store tells of a change, and each second as a backstop. While
/// the store is away the set stays as it was; a node that alone has lost the store does not hear of what others revoke,
/// which <see cref="CurrentAsOf"/> shows and which the bounds may limit. Before its first load it refuses to answer
/// rather than let a revoked token pass.
/// </remarks>
public sealed class RevokedSessions : IRevokedTokens, IDisposable
{
    private readonly ISessionStore store;
    private readonly RevocationMeter meter;
    private readonly TimeProvider time;
    private readonly IDisposable listening;
    private readonly RevocationBounds bounds;
    private readonly RefusedIds sessions = new();
    private readonly OwnTokens ownTokens;
    private readonly SemaphoreSlim reading = new(1);
    private ChangePoint? change;
    private long currentAsOf;
    private long heardAt;
    private volatile bool loaded;
    private bool doubted;

    public RevokedSessions(
        ISessionStore store,
        IStoreChanges changes,
        RevocationBounds bounds,
        RevocationMeter meter,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(meter);
        (this.store, this.bounds, this.meter, this.time) = (store, bounds, meter, time);
        ownTokens = new OwnTokens(client => store.Marks.LastOf(SessionHolder.OwnTokens(client)));
        meter.Watch(() => Count, () => Bytes);
        listening = changes.Subscribe(told =>
        {
            foreach (var ended in told.Ended)
            {
                Add(ended);
            }
        });
    }

    /// <summary>A session or token that is refused from now on, or for longer than before.</summary>
    internal Action<RevokedSession>? Heard { get; set; }

    /// <summary>The set is known to be current anew.</summary>
    internal Action? Refreshed { get; set; }

    /// <summary>Every revocation committed before this moment is known here; null before the first load.</summary>
    public DateTimeOffset? CurrentAsOf =>
        loaded ? new DateTimeOffset(Interlocked.Read(ref currentAsOf), TimeSpan.Zero) : null;

    /// <summary>How many sessions and tokens stand here by their id.</summary>
    public int Count => sessions.Count + ownTokens.Count;

    /// <summary>About how much memory they take.</summary>
    public long Bytes => (long)Count * RefusedIds.BytesEach;

    public bool IsFull => Bytes > bounds.Bytes;

    /// <summary>
    /// Whether no more of the tokens that a client got for itself may stand here one by one: the next one ends all.
    /// </summary>
    public bool HasTooManyOf(string client) =>
        ownTokens.CountOf(client) >= (IsFull ? bounds.OwnTokensWhenFull : bounds.OwnTokensPerClient);

    /// <exception cref="StoreUnavailableException">The set was never loaded, or is too old.</exception>
    public bool Contains(SessionId session, SessionHolders holders, long openedAfter, SessionId? token)
    {
        RequireCurrent();
        return sessions.Contains(session)
            || (holders.ClientId is { } client && ownTokens.Contains(client, session, token))
            || (holders.ExchangedFrom?.Client is { } first && ownTokens.Contains(first, session, token: null))
            || store.Marks.Find(holders, session, openedAfter) is not null;
    }

    /// <summary>
    /// Reads what was revoked since the last time, and drops what no token can need any more. A store that came back
    /// after it was away, or that is older than before, may have forgotten some: then what is known here is written
    /// again.
    /// </summary>
    /// <returns>How many it had forgotten.</returns>
    /// <exception cref="StoreUnavailableException">The store is away; the set is as it was.</exception>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            var (now, asked) = (time.GetUtcNow(), time.GetTimestamp());

            // What was dropped as dead may live again once the clock was set back.
            var known = now.UtcTicks < Interlocked.Read(ref currentAsOf) ? change! with { Next = 0 } : change;
            var news = await ReadAsync(known, cancellationToken);
            foreach (var revoked in news.Revoked)
            {
                Hear(revoked, now);
            }

            var repeated = loaded && MayHaveForgotten(news.Change) ? await RepeatAsync(now, cancellationToken) : 0;
            change = news.Change;
            Interlocked.Exchange(ref currentAsOf, now.UtcTicks);
            Interlocked.Exchange(ref heardAt, asked);
            loaded = true;
            sessions.DropBefore(now);
            ownTokens.DropUnneeded(now);
            Refreshed?.Invoke();
            return repeated;
        }
        finally
        {
            reading.Release();
        }
    }

    public void Dispose()
    {
        listening.Dispose();
        reading.Dispose();
    }

    private async Task<RevocationNews> ReadAsync(ChangePoint? known, CancellationToken cancellationToken)
    {
        try
        {
            return await store.RevokedAfterAsync(known, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            doubted = true;
            throw;
        }
    }

    private bool MayHaveForgotten(ChangePoint read) => doubted || read.MayLack(change) || store.Marks.Forgotten;

    private async Task<int> RepeatAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        doubted = true;
        var repeated = await store.RepeatEndsAsync([.. All(now)], cancellationToken);
        doubted = false;
        return repeated;
    }

    /// <summary>All of them.</summary>
    internal IEnumerable<RevokedSession> All(DateTimeOffset now) => sessions.All(now).Concat(ownTokens.All(now));

    /// <exception cref="StoreUnavailableException">The set was never loaded, or is too old.</exception>
    internal void RequireCurrent()
    {
        if (!loaded)
        {
            throw new StoreUnavailableException("The revoked sessions have not been read yet.")
            {
                Cause = UnavailableCause.NotReady,
            };
        }

        // By a clock that nobody sets.
        if (bounds.LongestSilence is { } longest && time.GetElapsedTime(Interlocked.Read(ref heardAt)) > longest)
        {
            throw new StoreUnavailableException("This node has not heard of revocations for too long.")
            {
                Cause = UnavailableCause.CutOff,
            };
        }
    }

    // At the first load everything is old: nobody was answered by this node while it did not know.
    private void Hear(RevokedSession revoked, DateTimeOffset now)
    {
        if (revoked.AccessDeadAt + AccessTokenLimits.Skew <= now)
        {
            return;
        }

        if (Add(revoked) && loaded)
        {
            meter.Heard(time.GetUtcNow() - revoked.RevokedAt);
        }
    }

    private bool Add(RevokedSession revoked)
    {
        var until = revoked.AccessDeadAt + AccessTokenLimits.Skew;
        var longer = revoked.OwnTokenOf is null && sessions.UntilOf(revoked.Id) < until;
        var isNew = revoked.OwnTokenOf is { } client
            ? ownTokens.Add(client, revoked.Id, until, revoked.OpenedAfter)
            : sessions.Add(revoked.Id, until, revoked.OpenedAfter);
        if (isNew || longer)
        {
            Heard?.Invoke(revoked);
        }

        return isNew;
    }
}
