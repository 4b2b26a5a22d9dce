namespace Turnstone.Storage.Engines;

/// <summary>Something that waits for a commit it shares with others, and for the answer that follows it.</summary>
internal abstract class Pending(CancellationToken cancellationToken)
{
    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Nobody waits for it any more: what has not begun need not begin.</summary>
    public virtual bool Abandoned => cancellationToken.IsCancellationRequested;

    /// <summary>
    /// Nobody waits for it any more, or should not have to: it is not begun, and whoever asked is told to ask again.
    /// </summary>
    public virtual bool Late => false;

    /// <summary>Gives the answer that was found; only to be called once it is durable.</summary>
    public abstract void Answer();

    public abstract void Fail(Exception reason);
}

internal abstract class Pending<T>(CancellationToken cancellationToken) : Pending(cancellationToken)
{
    // Whoever awaits the answer must not run on the loop that has the next batch to commit.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => answer.Task;

    public override void Fail(Exception reason) => answer.TrySetException(reason);

    protected void Answer(T found) => answer.TrySetResult(found);
}
