using Turnstone.Storage;

namespace Turnstone.Server.Hosting.Sending;

/// <summary>
/// Sends what waits in the store, on any node, several at a time. One that fails does not stop the others.
/// </summary>
public abstract class StoredSender(ILetterStore store, SendSchedule schedule, TimeProvider time) : BackgroundService
{
    protected SendSchedule Schedule => schedule;

    protected TimeProvider Time => time;

    /// <summary>Sends one, then removes it or gives it back.</summary>
    protected abstract Task HandleAsync(WaitingLetter waiting, CancellationToken stopping);

    /// <summary>Says that the store could not be asked: once, until a round succeeds.</summary>
    protected abstract void Unreachable(Exception problem);

    protected Task SendAsync(int workers, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(stopping)));

    protected Task RemoveAsync(WaitingLetter waiting) => store.RemoveAsync(waiting.Id, CancellationToken.None);

    protected Task ReturnAsync(WaitingLetter waiting, TimeSpan wait) =>
        store.ReturnAsync(waiting, time.GetUtcNow() + wait, CancellationToken.None);

    private async Task WorkAsync(CancellationToken stopping)
    {
        using var rounds = new PeriodicTimer(schedule.Pause, time);
        try
        {
            var failing = false;
            do
            {
                failing = !await RoundAsync(failing, stopping);
            } while (await rounds.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops. What waits is in the store.
        }
    }

    /// <summary>Sends what is due; false if that was not possible.</summary>
    private async Task<bool> RoundAsync(bool failing, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await ClaimAsync() is { } waiting)
            {
                await HandleAsync(waiting, stopping);
            }

            return true;
        }
#pragma warning disable CA1031 // a failed round must not stop the loop
        catch (Exception problem) when (problem is not OperationCanceledException || !stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!failing)
            {
                Unreachable(problem);
            }

            return false;
        }
    }

    // A stop does not cancel it: a claim that nobody knows of would hold it up until its lease ends.
    private Task<WaitingLetter?> ClaimAsync()
    {
        var now = time.GetUtcNow();
        return store.ClaimAsync(now, now + schedule.Lease, CancellationToken.None);
    }
}
