using MailKit.Net.Smtp;
using Turnstone.Server.Hosting.Sending;
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
) : StoredSender(store, schedule, time)
{
    private const int Workers = 2;

    private readonly TimeSpan oldest = schedule.Oldest;
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
            await SendAsync(Workers, stoppingToken);
        }
    }

    protected override void Unreachable(Exception problem) => log.LettersUnreachable(problem);

    protected override async Task HandleAsync(WaitingLetter waiting, CancellationToken stopping)
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

        await RemoveAsync(waiting);
    }

    // A clock that is far ahead would delete every letter unsent.
    private async Task<bool> IsTooOldAsync(WaitingLetter waiting) =>
        waiting.CreatedAt < Time.GetUtcNow() - oldest && await clock.IsRightAsync(CancellationToken.None);

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
            await ReturnAsync(waiting, TimeSpan.Zero);
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
        if (status >= 500 || Schedule.GivesUp(waiting.Tries))
        {
            log.GivenUp(waiting.Tries, what, status);
            return true;
        }

        var wait = Schedule.WaitAfter(waiting.Tries);
        await ReturnAsync(waiting, wait);
        log.TriedAgain(waiting.Tries, what, status, wait.TotalSeconds);
        return false;
    }
}
