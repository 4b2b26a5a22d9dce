namespace Turnstone.AspNetCore.Feed;

/// <summary>How far what is known of revocations can be relied on.</summary>
internal sealed class FeedState(TurnstoneOptions options)
{
    private const long Never = long.MinValue;

    private readonly Lock waiting = new();
    private TaskCompletionSource next = New();
    private long heardAt = Never;
    private long holderAt = Never;

    public bool IsFollowed => options.FollowsRevocations;

    /// <summary>Whether tokens can be judged by what is known; always, where no feed is followed.</summary>
    public bool IsCurrent => !options.FollowsRevocations || IsHeardOf;

    /// <summary>Whether the last end of a holder of tokens and keys was heard of this long before a moment.</summary>
    public bool IsLongBefore(long moment, TimeSpan margin) =>
        Volatile.Read(ref holderAt) is var then
        && (then is Never || (moment > then && options.Time.GetElapsedTime(then, moment) >= margin));

    private bool IsHeardOf =>
        Volatile.Read(ref heardAt) is var then and not Never
        && options.Time.GetElapsedTime(then) <= options.KeepServing;

    /// <summary>Done when something is heard the next time.</summary>
    public Task Heard
    {
        get
        {
            lock (waiting)
            {
                return next.Task;
            }
        }
    }

    /// <summary>Nothing that was committed before is missing.</summary>
    public void Hear()
    {
        Volatile.Write(ref heardAt, options.Time.GetTimestamp());
        Tell();
    }

    /// <summary>Something has ended.</summary>
    public void HearOfEnd(bool isHolder)
    {
        if (isHolder)
        {
            Volatile.Write(ref holderAt, options.Time.GetTimestamp());
        }

        Tell();
    }

    private void Tell()
    {
        lock (waiting)
        {
            next.TrySetResult();
            next = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
