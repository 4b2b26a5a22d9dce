using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>What waits for the password lane, or is run in it.</summary>
/// <param name="queued">When it began to wait.</param>
internal abstract class LaneWork(long queued)
{
    private volatile bool ended;

    public long Queued => queued;

    /// <summary>Its thread has come to the end of it.</summary>
    public bool Ended
    {
        get => ended;
        set => ended = value;
    }

    /// <summary>Its turn has come. Run a second time beside the first, the answer that comes first is given.</summary>
    public abstract void Run();

    /// <summary>It is not run.</summary>
    public abstract void Refuse(Refusal refusal);
}

/// <param name="work">What is run; not at all when its caller has gone before its turn.</param>
/// <param name="queued">When it began to wait.</param>
/// <param name="cancellationToken">The caller's.</param>
internal sealed class LaneWork<T>(Func<T> work, long queued, CancellationToken cancellationToken) : LaneWork(queued)
    where T : class
{
    private readonly TaskCompletionSource<Outcome<T>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Outcome<T>> Answer => done.Task;

    public override void Run()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.TrySetCanceled(cancellationToken);
        }

        if (done.Task.IsCompleted)
        {
            return;
        }

        try
        {
            done.TrySetResult(work());
        }
#pragma warning disable CA1031 // whatever it threw belongs to the one who waits, not to this thread
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            done.TrySetException(thrown);
        }
    }

    public override void Refuse(Refusal refusal) => done.TrySetResult(refusal);
}
