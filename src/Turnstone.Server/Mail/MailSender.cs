using System.Net.Mail;

namespace Turnstone.Server.Mail;

/// <summary>
/// How long a letter that the mail server would not take yet waits before it is tried again; after the last of them it
/// is given up.
/// </summary>
public sealed record MailPatience(params IReadOnlyList<TimeSpan> Waits)
{
    public static MailPatience Usual { get; } =
        new(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMinutes(2),
            TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(30)
        );
}

/// <summary>
/// Carries the letters of the queue to the mail server, two at a time. What fails for now (no connection, 4xx) is tried
/// again later while the others go on; what the server refuses for good (5xx) is not. The log tells why and how often,
/// never to whom or what.
/// </summary>
public sealed class MailSender(
    MailQueue queue,
    SmtpPost post,
    MailPatience patience,
    TimeProvider time,
    ILogger<MailSender> log
) : BackgroundService
{
    private const int Carriers = 2;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is in the queue still goes out, as long as the stop has patience; what waits for another try is let go.
        queue.Close();
        await Task.WhenAny(ExecuteTask ?? Task.CompletedTask, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (queue.Way is MailWay.None)
        {
            log.NoMail();
        }

        await Task.WhenAll(Enumerable.Range(0, Carriers).Select(_ => CarryAsync(stoppingToken)));
    }

    private async Task CarryAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var letter in queue.Waiting.ReadAllAsync(stopping))
            {
                await TryAsync(letter, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryAsync(QueuedLetter letter, CancellationToken stopping)
    {
        try
        {
            await post.DeliverAsync(letter.Letter, stopping);
            queue.Done();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever went wrong with one letter, the next has to be carried
        catch (Exception problem)
#pragma warning restore CA1031
        {
            Failed(letter with { Tries = letter.Tries + 1 }, problem, stopping);
        }
    }

    private void Failed(QueuedLetter letter, Exception problem, CancellationToken stopping)
    {
        var status = problem is SmtpException smtp ? (int)smtp.StatusCode : 0;

        // The exception itself stays out of the log: a mail server likes to repeat the address in its answer.
        if (status >= 500 || letter.Tries > patience.Waits.Count)
        {
            queue.Done();
            log.GivenUp(letter.Tries, problem.GetType().Name, status);
            return;
        }

        var wait = patience.Waits[letter.Tries - 1];
        log.TriedAgain(letter.Tries, problem.GetType().Name, status, wait.TotalSeconds);
        _ = ReturnAsync(letter, wait, stopping);
    }

    private async Task ReturnAsync(QueuedLetter letter, TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(wait, time, stopping);
            queue.Return(letter);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.LetterLost(letter.Tries);
        }
    }
}
