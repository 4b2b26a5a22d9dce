namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>A timer that never ends.</summary>
internal sealed class StillTimer : ITimer
{
    public bool Change(TimeSpan dueTime, TimeSpan period) => true;

    public void Dispose() { }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
