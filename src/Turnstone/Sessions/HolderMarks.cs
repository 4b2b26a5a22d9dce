using System.Collections.Concurrent;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Sessions;

/// <summary>
/// The marks that a process knows, in memory: for each holder the last one. The store feeds it; a batch of refreshes
/// asks it after it has made sure that no mark is missing (<see cref="Known"/>), a reader of access tokens at any time.
/// </summary>
public sealed class HolderMarks
{
    private readonly ConcurrentDictionary<SessionHolder, HolderMark> last = new();
    private long known;
    private long newest;
    private bool forgotten;

    /// <summary>A mark that is the last one of its holder.</summary>
    internal Action<HolderMark>? Added { get; set; }

    /// <summary>Every mark up to this number is here.</summary>
    public long Known => Volatile.Read(ref known);

    /// <summary>The largest number that the store has told or been given here.</summary>
    public long Newest => Math.Max(Volatile.Read(ref newest), Known);

    /// <summary>The store may have forgotten marks that are here.</summary>
    public bool Forgotten => Volatile.Read(ref forgotten);

    /// <summary>The last mark of each holder.</summary>
    public IReadOnlyCollection<HolderMark> All => [.. last.Values];

    /// <summary>How many holders have a mark.</summary>
    public int Count => last.Count;

    /// <summary>Takes in a mark that was committed here. Others with smaller numbers may be missing.</summary>
    public void Add(HolderMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        var before = last.GetValueOrDefault(mark.Holder);
        Add(last, mark);
        RaiseTo(ref newest, mark.Number);
        if (before is null || before.Number < mark.Number)
        {
            Added?.Invoke(mark);
        }
    }

    /// <summary>Takes in all marks that follow <see cref="Known"/>, up to a number.</summary>
    public void Add(IEnumerable<HolderMark> marks, long upTo)
    {
        ArgumentNullException.ThrowIfNull(marks);
        foreach (var mark in marks)
        {
            Add(mark);
        }

        RaiseTo(ref known, upTo);
    }

    /// <summary>
    /// The store came back older than this process, or went another way: it has these marks, and may lack others that
    /// are here. What is opened now is opened after all of them (<see cref="Newest"/>), and they are written again.
    /// </summary>
    public void PutBack(IEnumerable<HolderMark> marks, long upTo)
    {
        ArgumentNullException.ThrowIfNull(marks);
        foreach (var mark in marks)
        {
            Add(mark);
        }

        Volatile.Write(ref known, upTo);
        Volatile.Write(ref forgotten, true);
    }

    /// <summary>What the store had forgotten has been written again.</summary>
    public void Repeated() => Volatile.Write(ref forgotten, false);

    /// <summary>Drops marks from before a moment, none of whose sessions is left.</summary>
    public void Forget(DateTimeOffset before)
    {
        foreach (var mark in last)
        {
            if (mark.Value.At < before)
            {
                last.TryRemove(mark);
            }
        }
    }

    /// <summary>The mark that has ended a session; null while none has.</summary>
    /// <param name="holders">What holds the session.</param>
    /// <param name="id">The session.</param>
    /// <param name="openedAfter">The number of the last mark when it was opened.</param>
    public HolderMark? Find(SessionHolders holders, SessionId id, long openedAfter)
    {
        var after = holders.ExchangedFrom?.After ?? openedAfter;
        if (Math.Min(openedAfter, after) >= Volatile.Read(ref newest))
        {
            return null;
        }

        return Over(SessionHolder.Everyone)
            ?? (holders.AccountId is { } account ? Over(SessionHolder.Account(account)) : null)
            ?? (holders.ClientId is { } client ? Over(SessionHolder.Client(client), after) : null)
            ?? (holders is { AccountId: { } user, ClientId: { } app } ? Over(SessionHolder.Consent(user, app)) : null)
            ?? (holders is { AccountId: null, ClientId: { } own, ExchangedFrom: null } ? OverOwn(own) : null)
            ?? (holders.ApiKeyId is { } key ? Over(SessionHolder.ApiKey(key)) : null)
            ?? (
                holders.Subscription is var (subscription, slot)
                    ? Over(SessionHolder.Subscription(subscription))
                        ?? Over(SessionHolder.SubscriptionKey(subscription, slot))
                    : null
            )
            ?? (holders.ExchangedFrom is { } exchanged ? OverExchanged(exchanged) : null);

        // The session's client by what has happened since the session began; those that have exchanged by what has
        // happened to them since they did.
        HolderMark? OverExchanged(ExchangedFrom exchanged)
        {
            var found = exchanged.Client is { } first
                ? Over(SessionHolder.Client(first))
                    ?? (holders.AccountId is { } user ? Over(SessionHolder.Consent(user, first)) : OverOwn(first))
                : null;
            found ??= holders.ClientId is { } acts ? OverActing(acts) : null;
            for (var i = 0; found is null && i < exchanged.Through.Count; i++)
            {
                var through = exchanged.Through[i];
                found = Over(SessionHolder.Client(through), after) ?? OverActing(through);
            }

            return found;
        }

        // Whom the account has stopped acts for none of the sessions that it had then.
        HolderMark? OverActing(string acting) =>
            OverOwn(acting, after)
            ?? (
                holders.AccountId is { } user
                    ? Over(SessionHolder.Delegation(user, acting)) ?? Over(SessionHolder.Consent(user, acting))
                    : null
            );

        HolderMark? OverOwn(string own, long? since = null) => Over(SessionHolder.OwnTokens(own), since);

        HolderMark? Over(SessionHolder holder, long? since = null) =>
            last.TryGetValue(holder, out var mark) && mark.Number > (since ?? openedAfter) && mark.Except != id
                ? mark
                : null;
    }

    /// <summary>The last mark of a holder itself.</summary>
    public HolderMark? LastOf(SessionHolder holder) => last.GetValueOrDefault(holder);

    /// <summary>
    /// The session as the marks leave it: one that was ended by a mark looks like one that was revoked.
    /// </summary>
    public Session Apply(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.RevokedAt is null && Find(session.Holders, session.Id, session.OpenedAfter) is { } mark
            ? session with
            {
                RevokedAt = mark.At,
                RevokedFor = mark.Reason,
            }
            : session;
    }

    private static void Add(ConcurrentDictionary<SessionHolder, HolderMark> to, HolderMark mark) =>
        to.AddOrUpdate(mark.Holder, mark, (_, other) => other.Number > mark.Number ? other : mark);

    private static void RaiseTo(ref long number, long value)
    {
        for (var seen = Volatile.Read(ref number); seen < value; )
        {
            var before = Interlocked.CompareExchange(ref number, value, seen);
            seen = before == seen ? value : before;
        }
    }
}
