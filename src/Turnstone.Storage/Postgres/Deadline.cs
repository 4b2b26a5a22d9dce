namespace Turnstone.Storage.Postgres;

/// <summary>
/// How long a caller waits for a database that may hang: no connection is closed and nothing is answered, so that
/// nothing fails by itself for a long time. Then the caller is told to ask again, and what was asked is left to itself;
/// it ends without a commit once the database answers, unless its commit was under way already.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="atMost">How long; null for the usual time.</param>
internal sealed class Deadline(TimeProvider time, TimeSpan? atMost = null) : IDisposable
{
    /// <summary>
    /// For a batch. Longer than one statement of it may take, which is cancelled: this is for a database that does not
    /// even answer that. Others wait behind it, so it is short.
    /// </summary>
    public static readonly TimeSpan OfABatch = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource end = new(atMost ?? Usual, time);
    private readonly Lock guard = new();
    private bool committing;
    private bool told;

    public bool IsOver => end.IsCancellationRequested;

    /// <exception cref="StoreUnavailableException">The caller has been, or has to be, told that nothing was
    /// changed.</exception>
    public void BeginCommit()
    {
        lock (guard)
        {
            committing = !told && !IsOver;
            if (!committing)
            {
                throw NotInTime(null);
            }
        }
    }

    /// <summary>What became of the commit is known.</summary>
    public void EndCommit()
    {
        lock (guard)
        {
            committing = false;
        }
    }

    /// <exception cref="StoreUnavailableException">It took longer.</exception>
    public async Task<T> AnswerAsync<T>(Task<T> work)
    {
        await InTimeAsync(work);
        return await work;
    }

    /// <exception cref="StoreUnavailableException">It took longer.</exception>
    public async Task InTimeAsync(Task work)
    {
        try
        {
            await work.WaitAsync(end.Token);
        }
        catch (OperationCanceledException reason) when (IsOver && !work.IsCompleted)
        {
            lock (guard)
            {
                told = true;
                throw NotInTime(reason);
            }
        }
    }

    public void Dispose() => end.Dispose();

    private StoreUnavailableException NotInTime(Exception? reason) =>
        new("The database did not answer in time.", reason!) { OutcomeUnknown = committing };
}
