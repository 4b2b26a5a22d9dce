using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Turnstone.Storage.Engines;

/// <summary>Passes on what changed to whoever listens in this process.</summary>
internal sealed class ChangeFeed(ILogger log) : IStoreChanges
{
    private ImmutableArray<Action<ChangeKind>> listeners = [];

    public IDisposable Subscribe(Action<ChangeKind> heard)
    {
        ImmutableInterlocked.Update(ref listeners, list => list.Add(heard));
        return new Subscription(this, heard);
    }

    public void Tell(IEnumerable<ChangeKind> kinds)
    {
        foreach (var kind in kinds)
        {
            foreach (var heard in listeners)
            {
                try
                {
                    heard(kind);
                }
#pragma warning disable CA1031 // the change is committed: a listener that fails must neither undo the answer nor keep the news from the others
                catch (Exception problem)
#pragma warning restore CA1031
                {
                    log.ListenerFailed(problem, kind);
                }
            }
        }
    }

    /// <summary>For when something may have been missed.</summary>
    public void TellAll() => Tell(Enum.GetValues<ChangeKind>());

    private sealed class Subscription(ChangeFeed feed, Action<ChangeKind> heard) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref feed.listeners, list => list.Remove(heard));
    }
}
