using Turnstone.AspNetCore.Server;

namespace Turnstone.AspNetCore.Feed;

/// <summary>
/// Asks for the feed until somebody answers. What was asked while nothing got through may hang long after the way is
/// free again, so it is asked anew beside it, and the first answer counts.
/// </summary>
internal sealed class FeedAttempts(IssuerServer server, TimeProvider time)
{
    /// <summary>
    /// How long after a question the next one goes out at most. A guard that was away has to be whole within a second:
    /// this leaves 0.3 s to read what it missed.
    /// </summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(700);

    /// <summary>How many may hang at once; then the oldest is given up.</summary>
    public const int Most = 5;

    private Moment? unanswered;

    /// <summary>How many milliseconds ago it was asked last, if that was not answered; otherwise 0.</summary>
    public double SinceUnanswered => unanswered?.Age ?? 0;

    /// <summary>The first answer, and the clock of its connection.</summary>
    public async Task<(HttpResponseMessage Answer, FeedClock Clock)> FirstAsync(string? lastId, CancellationToken stop)
    {
        var open = new List<Attempt>();
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                if (open.Count == Most)
                {
                    open[0].GiveUp();
                    open.RemoveAt(0);
                }

                unanswered = new(time);
                open.Add(new(server, lastId, unanswered, stop));
                if (await AnsweredAsync(open, stop) is { } first)
                {
                    open.Remove(first);
                    var answer = await first.TakeAsync();
                    unanswered = null;
                    return (answer, first.Clock);
                }
            }
        }
        finally
        {
            open.ForEach(one => one.GiveUp());
        }
    }

    private async Task<Attempt?> AnsweredAsync(List<Attempt> open, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny([.. open.Select(one => one.Answer), Task.Delay(Pace, time, waiting.Token)]);
        await waiting.CancelAsync();
        return open.Find(one => one.Answer.IsCompleted);
    }

    private sealed class Attempt
    {
        private readonly CancellationTokenSource ends;

        public Attempt(IssuerServer server, string? lastId, Moment asked, CancellationToken stop)
        {
            ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Clock = new(asked);
            Answer = server.FollowAsync(lastId, ends.Token);
        }

        public FeedClock Clock { get; }

        public Task<HttpResponseMessage> Answer { get; }

        public async Task<HttpResponseMessage> TakeAsync()
        {
            using (ends)
            {
                return await Answer;
            }
        }

        public void GiveUp()
        {
            ends.Cancel();
            _ = Answer.ContinueWith(Drop, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        private void Drop(Task<HttpResponseMessage> answer)
        {
            if (answer.IsCompletedSuccessfully)
            {
                answer.Result.Dispose();
            }

            _ = answer.Exception;
            ends.Dispose();
        }
    }
}
