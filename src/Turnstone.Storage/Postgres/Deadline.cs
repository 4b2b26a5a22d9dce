namespace Turnstone.Storage.Postgres;

/// <summary>
/// How long a caller waits for a database that may hang: no connection is closed and nothing is answered, so that
/// nothing fails by itself for a long time. Then the caller is told to ask again, and what was asked is left to itself;
/// it ends without a commit once the database answers.
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

    /// <summary>The caller has been told: nothing may be committed for him any more.</summary>
    public bool IsOver => end.IsCancellationRequested;

    /// <exception cref="StoreUnavailableException">It took longer.</exception>
    public static async Task AtMostAsync(Task work, TimeSpan time)
    {
        try
        {
            await work.WaitAsync(time);
        }
        catch (TimeoutException reason) when (!work.IsCompleted)
        {
            throw NotInTime(reason);
        }
    }

    /// <exception cref="StoreUnavailableException">It took longer.</exception>
    public async Task<T> AnswerAsync<T>(Task<T> work)
    {
        try
        {
            return await work.WaitAsync(end.Token);
        }
        catch (OperationCanceledException reason) when (IsOver && !work.IsCompleted)
        {
            throw NotInTime(reason);
        }
    }

    public void Dispose() => end.Dispose();

    public static StoreUnavailableException NotInTime(Exception? reason = null) =>
        new("The database did not answer in time.", reason!);
}
