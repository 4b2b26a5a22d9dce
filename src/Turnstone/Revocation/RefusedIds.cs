using System.Collections.Concurrent;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>Ids of sessions or tokens that are refused, each until its last access token is dead by itself.</summary>
internal sealed class RefusedIds
{
    /// <summary>About what one id takes in memory; a test measures it.</summary>
    public const int BytesEach = 160;

    private readonly ConcurrentDictionary<SessionId, Refused> known = new();
    private readonly ExpiryQueue expiries = new();

    public int Count => known.Count;

    /// <summary>All of them, as a store is told that has forgotten them.</summary>
    public IEnumerable<RevokedSession> All(DateTimeOffset now, string? client = null) =>
        known.Select(refused => new RevokedSession(refused.Key, now, refused.Value.Until - AccessTokenLimits.Skew)
        {
            OwnTokenOf = client,
            OpenedAfter = refused.Value.OpenedAfter,
        });

    public bool Contains(SessionId id) => known.ContainsKey(id);

    /// <summary>Null for one that is not here.</summary>
    public DateTimeOffset? UntilOf(SessionId id) => known.TryGetValue(id, out var refused) ? refused.Until : null;

    /// <summary>True if it was not here before; otherwise the later end stays.</summary>
    public bool Add(SessionId id, DateTimeOffset until, long openedAfter)
    {
        var added = new Refused(until, openedAfter);
        var isNew = known.TryAdd(id, added);
        if (!isNew)
        {
            known.AddOrUpdate(id, added, (_, other) => other.Until > until ? other : added);
        }

        expiries.Add(id, until);
        return isNew;
    }

    /// <summary>Drops those whose time is over. One that was given a later time stays.</summary>
    public void DropBefore(DateTimeOffset now)
    {
        while (expiries.TryTake(now, out var id))
        {
            if (known.TryGetValue(id, out var refused) && refused.Until <= now)
            {
                known.TryRemove(new(id, refused));
            }
        }
    }

    /// <summary>Drops those that were opened before a mark, which refuses them from now on.</summary>
    public void DropOpenedBefore(long mark)
    {
        foreach (var refused in known)
        {
            if (refused.Value.OpenedAfter < mark)
            {
                known.TryRemove(refused);
            }
        }

        expiries.Keep(known.ContainsKey);
    }

    private readonly record struct Refused(DateTimeOffset Until, long OpenedAfter);
}
