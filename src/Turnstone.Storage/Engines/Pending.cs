namespace Turnstone.Storage.Engines;

/// <summary>Something that waits for a commit it shares with others, and for the answer that follows it.</summary>
internal abstract class Pending(CancellationToken cancellationToken)
{
    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Nobody waits for it any more: what has not begun need not begin.</summary>
    public bool Abandoned => cancellationToken.IsCancellationRequested;

    /// <summary>
    /// Nobody waits for it any more, or should not have to: it is not begun, and whoever asked is told to ask again.
    /// </summary>
    public virtual bool Late => false;

    /// <summary>Gives the answer that was found; only to be called once it is durable.</summary>
    public abstract void Answer();

    public abstract void Fail(Exception reason);
}

/// <summary>A piece of work whose outcome, a value or an exception of its own, is answered after the commit.</summary>
internal abstract class PendingWork(CancellationToken cancellationToken) : Pending(cancellationToken)
{
    public abstract Task RunAsync(Db db);

    /// <summary>The work threw and was undone; the batch goes on without it.</summary>
    public abstract void Undone(Exception reason);
}

internal sealed class PendingWork<T>(Func<Db, Task<T>> work, CancellationToken cancellationToken)
    : PendingWork(cancellationToken)
{
    // Whoever awaits the answer must not run on the loop that has the next batch to commit.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private Exception? failure;

    public Task<T> Task => answer.Task;

    public override async Task RunAsync(Db db) => result = await work(db);

    public override void Undone(Exception reason) => failure = reason;

    public override void Answer()
    {
        if (failure is null)
        {
            answer.TrySetResult(result!);
        }
        else
        {
            answer.TrySetException(failure);
        }
    }

    public override void Fail(Exception reason) => answer.TrySetException(reason);
}
