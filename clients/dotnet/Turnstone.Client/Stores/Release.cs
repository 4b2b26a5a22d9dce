namespace Turnstone.Client;

/// <summary>Releases a lock once.</summary>
internal sealed class Release(Func<ValueTask> release) : IAsyncDisposable
{
    private Func<ValueTask>? pending = release;

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref pending, null)?.Invoke() ?? ValueTask.CompletedTask;
}
