using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Turnstone.Sessions;
using Turnstone.Storage.Journal;

namespace Turnstone.Storage.Engines;

/// <summary>Passes on what changed to whoever listens in this process, and keeps the marks that it knows.</summary>
internal sealed class ChangeFeed(ILogger log, TimeProvider time, EndJournal? journal = null) : IStoreChanges
{
    private ImmutableArray<Action<StoreChange>> listeners = [];
    private bool storeForgot;

    public HolderMarks Marks { get; } = new();

    /// <summary>When the store last turned out to have forgotten something.</summary>
    public ForgottenTime Forgot { get; } = new(time);

    /// <summary>Where what has ended is written down beside the store; null where nowhere.</summary>
    public EndJournal? Journal => journal;

    public IDisposable Subscribe(Action<StoreChange> heard)
    {
        ImmutableInterlocked.Update(ref listeners, list => list.Add(heard));
        return new Subscription(this, heard);
    }

    /// <summary>What this process has committed. Complete when it is in the journal too.</summary>
    public Task TellAsync(Announcements announced)
    {
        announced.Marks.ForEach(Marks.Add);
        if (announced.StoreForgot)
        {
            Volatile.Write(ref storeForgot, true);
            Forgot.Note();
        }

        foreach (var kind in announced.Kinds)
        {
            Tell(new StoreChange(kind, kind is ChangeKind.Revocations ? announced.Ended : []));
        }

        return journal?.WriteAsync(announced) ?? Task.CompletedTask;
    }

    /// <summary>Whether the store has turned out to have forgotten something since this was last asked.</summary>
    public bool TakeStoreForgot() => Interlocked.Exchange(ref storeForgot, false);

    /// <summary>What another process has committed.</summary>
    public void Tell(ChangeKind kind) => Tell(new StoreChange(kind));

    /// <summary>For when something may have been missed.</summary>
    public void TellAll()
    {
        foreach (var kind in Enum.GetValues<ChangeKind>())
        {
            Tell(kind);
        }
    }

    private void Tell(StoreChange change)
    {
        foreach (var heard in listeners)
        {
            try
            {
                heard(change);
            }
#pragma warning disable CA1031 // the change is committed: a listener that fails must not keep it from the others
            catch (Exception problem)
#pragma warning restore CA1031
            {
                log.ListenerFailed(problem, change.Kind);
            }
        }
    }

    private sealed class Subscription(ChangeFeed feed, Action<StoreChange> heard) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref feed.listeners, list => list.Remove(heard));
    }
}
