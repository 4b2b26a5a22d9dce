using MailKit.Net.Smtp;
using Turnstone.Storage;

namespace Turnstone.Server.Mail;

/// <summary>
/// Sends the letters of the store, two at a time. A temporary failure (no connection, 4xx) is retried later while the
/// others go on; a letter that the mail server rejects with 5xx is given up. The log says why and how often, never to
/// whom or what.
/// </summary>
public sealed class MailSender(
    MailQueue queue,
    ILetterStore store,
    IStoreClock clock,
    LetterSeal seal,
    SmtpPost post,
    MailSchedule schedule,
    TimeProvider time,
    ILogger<MailSender> log
) : BackgroundService
{
    private const int Workers = 2;

    private readonly CancellationTokenSource abort = new();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // An SMTP session in progress is finished if the stop leaves time for it, and aborted otherwise.
        await using var outOfTime = cancellationToken.UnsafeRegister(_ => abort.Cancel(), null);
        await base.StopAsync(CancellationToken.None);
    }

    public override void Dispose()
    {
        abort.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (queue.Way is MailWay.None)
        {
            log.NoMail();
        }
        else if (queue.Way is MailWay.Smtp)
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));
        }
    }

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
            // The server stops. Waiting letters are in the store.
        }
    }

    /// <summary>Sends what is due; false if that was not possible.</summary>
    private async Task<bool> RoundAsync(bool failing, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await ClaimAsync() is { } letter)
            {
                await HandleAsync(letter);
            }

            return true;
        }
#pragma warning disable CA1031 // a failed round must not stop the loop
        catch (Exception problem)
#pragma warning restore CA1031
        {
            if (!failing)
            {
                log.LettersUnreachable(problem);
            }

            return false;
        }
    }

    // A stop does not cancel it: a claim that nobody knows of would hold up the letter until its lease ends.
    private Task<WaitingLetter?> ClaimAsync()
    {
        var now = time.GetUtcNow();
        return store.ClaimAsync(now, now + schedule.Lease, CancellationToken.None);
    }

    private async Task HandleAsync(WaitingLetter waiting)
    {
        if (seal.Open(waiting.Id, waiting.Sealed) is not var (letter, decoy))
        {
            log.Unreadable();
        }
        else if (await IsTooOldAsync(waiting))
        {
            log.TooOld(waiting.Tries - 1);
        }
        else if (!decoy && !await TryAsync(waiting, letter))
        {
            return;
        }

        await store.RemoveAsync(waiting.Id, CancellationToken.None);
    }

    // A clock that is far ahead would delete every letter unsent.
    private async Task<bool> IsTooOldAsync(WaitingLetter waiting) =>
        waiting.CreatedAt < time.GetUtcNow() - schedule.Oldest && await clock.IsRightAsync(CancellationToken.None);

    /// <summary>True if the letter was sent or is given up.</summary>
    private async Task<bool> TryAsync(WaitingLetter waiting, Letter letter)
    {
        try
        {
            await post.DeliverAsync(letter, waiting.Id, waiting.CreatedAt, abort.Token);
            return true;
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            await store.ReturnAsync(waiting, time.GetUtcNow(), CancellationToken.None);
            return false;
        }
#pragma warning disable CA1031 // whatever went wrong with one letter, the others have to be sent
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return await FailedAsync(waiting, problem);
        }
    }

    // The exception is not logged: many mail servers repeat the address in their answer.
    private async Task<bool> FailedAsync(WaitingLetter waiting, Exception problem)
    {
        var (what, status) = (problem.GetType().Name, problem is SmtpCommandException said ? (int)said.StatusCode : 0);
        if (status >= 500 || waiting.Tries > schedule.Waits.Count)
        {
            log.GivenUp(waiting.Tries, what, status);
            return true;
        }

        var wait = schedule.Waits[waiting.Tries - 1];
        await store.ReturnAsync(waiting, time.GetUtcNow() + wait, CancellationToken.None);
        log.TriedAgain(waiting.Tries, what, status, wait.TotalSeconds);
        return false;
    }
}
