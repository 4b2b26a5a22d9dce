using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Turnstone.Sessions;

namespace Turnstone.Storage.Engines;

/// <summary>Passes on what changed to whoever listens in this process, and keeps the marks that it knows.</summary>
internal sealed class ChangeFeed(ILogger log) : IStoreChanges
{
    private ImmutableArray<Action<StoreChange>> listeners = [];

    public HolderMarks Marks { get; } = new();

    public IDisposable Subscribe(Action<StoreChange> heard)
    {
        ImmutableInterlocked.Update(ref listeners, list => list.Add(heard));
        return new Subscription(this, heard);
    }

    /// <summary>What this process has committed.</summary>
    public void Tell(Announcements announced)
    {
        announced.Marks.ForEach(Marks.Add);
        foreach (var kind in announced.Kinds)
        {
            Tell(new StoreChange(kind, kind is ChangeKind.Revocations ? announced.Ended : []));
        }
    }

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
