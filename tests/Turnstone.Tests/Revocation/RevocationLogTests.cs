using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tests.Directory;
using Turnstone.Tests.Tokens;

namespace Turnstone.Tests.Revocation;

/// <summary>The log of a node over the bound of what it keeps.</summary>
public sealed class RevocationLogTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly RevocationsOnly store = new();
    private readonly StoreChanges changes = new();
    private readonly RevocationMeter meter = new();
    private readonly RevokedSessions revoked;
    private readonly RevocationLog log;

    public RevocationLogTests()
    {
        revoked = new(store, changes, new RevocationBounds(), meter, time);
        log = new(revoked, store, RandomSource.System, time);
    }

    [Fact]
    public void A_place_is_good_for_as_many_entries_as_are_kept_and_for_not_one_more()
    {
        var before = End(3);
        var place = log.Head;
        var kept = End(RevocationLog.Capacity);

        Assert.Equal(kept, IdsAfter(place));
        End(1);
        Assert.Null(log.After(place, 500));
        Assert.Equal(kept[1], log.After(place + 1, 500)![0].Session!.Id);

        // Then everything is told, and nothing of what the log has forgotten is missing.
        var all = log.All().Select(one => one.Session!.Id).ToHashSet();
        Assert.Equal(before.Count + kept.Count + 1, all.Count);
        Assert.Superset(before.Concat(kept).ToHashSet(), all);
    }

    [Fact]
    public void A_place_that_is_none_is_told_everything()
    {
        End(2);
        Assert.Empty(log.After(2, 500)!);
        Assert.Null(log.After(3, 500));
        Assert.Null(log.After(-1, 500));
        Assert.Null(log.After(long.MinValue, 500));
    }

    public void Dispose()
    {
        log.Dispose();
        revoked.Dispose();
        meter.Dispose();
    }

    private List<SessionId> End(int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => SessionId.New(RandomSource.System, time.Now)).ToList();
        foreach (var id in ids)
        {
            changes.Tell(ChangeKind.Revocations, new RevokedSession(id, time.Now, time.Now.AddHours(1)));
        }

        return ids;
    }

    /// <summary>Read as a follower does, some at a time.</summary>
    private List<SessionId> IdsAfter(long place)
    {
        var read = new List<SessionId>();
        while (log.After(place + read.Count, 500) is { Count: > 0 } some)
        {
            read.AddRange(some.Select(one => one.Session!.Id));
        }

        return read;
    }
}
