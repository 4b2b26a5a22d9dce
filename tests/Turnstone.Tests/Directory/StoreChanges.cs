using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tests.Directory;

/// <summary>Tells of changes when the test says so.</summary>
internal sealed class StoreChanges : IStoreChanges
{
    private readonly List<Action<StoreChange>> hearers = [];

    public IDisposable Subscribe(Action<StoreChange> heard)
    {
        hearers.Add(heard);
        return new Leaving(() => hearers.Remove(heard));
    }

    public void Tell(ChangeKind kind, params RevokedSession[] ended) =>
        hearers.ForEach(heard => heard(new StoreChange(kind, ended)));

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
