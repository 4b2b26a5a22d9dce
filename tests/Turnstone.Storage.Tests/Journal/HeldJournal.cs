namespace Turnstone.Storage.Tests.Journal;

/// <summary>
/// A clock that keeps the writer of the journal waiting, which asks it for the time before it writes.
/// </summary>
internal sealed class HeldJournal(TimeProvider time) : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim free = new(initialState: true);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Complete once the writer waits.</summary>
    public Task Reached => reached.Task;

    public override long TimestampFrequency => time.TimestampFrequency;

    public void Hold() => free.Reset();

    public void Release() => free.Set();

    public override DateTimeOffset GetUtcNow()
    {
        if (!free.IsSet && Environment.StackTrace.Contains("JournalWriter", StringComparison.Ordinal))
        {
            reached.TrySetResult();
            free.Wait();
        }

        return time.GetUtcNow();
    }

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);

    public void Dispose() => free.Dispose();
}
