namespace Turnstone.AspNetCore.Feed;

/// <summary>How far what is known of revocations can be relied on.</summary>
internal sealed class FeedState(TurnstoneOptions options)
{
    private const long Never = long.MinValue;

    private readonly Lock waiting = new();
    private TaskCompletionSource next = New();
    private Known? known;
    private long holderAt = Never;

    public bool IsFollowed => options.FollowsRevocations;

    /// <summary>Whether tokens can be judged by what is known; always, where no feed is followed.</summary>
    public bool IsCurrent => !options.FollowsRevocations || IsHeardOf;

    /// <summary>Whether the last end of a holder of tokens and keys was heard of this long before a moment.</summary>
    public bool IsLongBefore(long moment, TimeSpan margin) =>
        Volatile.Read(ref holderAt) is var then
        && (then is Never || (moment > then && options.Time.GetElapsedTime(then, moment) >= margin));

    private bool IsHeardOf => Volatile.Read(ref known) is { } last && IsYoung(last.Age);

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

    /// <summary>Nothing that was committed so many milliseconds ago is missing.</summary>
    /// <returns>False where that says too little: it is too old to serve by.</returns>
    public bool Hear(double age)
    {
        if (!IsYoung(age))
        {
            return false;
        }

        // One node may know less than the one before it did.
        if (known is not { } last || last.Age >= age)
        {
            Volatile.Write(ref known, new(new Moment(options.Time), age));
        }

        Tell();
        return true;
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

    private bool IsYoung(double age) => age <= options.KeepServing.TotalMilliseconds;

    private void Tell()
    {
        lock (waiting)
        {
            next.TrySetResult();
            next = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Known(Moment Heard, double AgeThen)
    {
        public double Age => Heard.Age + AgeThen;
    }
}
