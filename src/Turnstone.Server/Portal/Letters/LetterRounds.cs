namespace Turnstone.Server.Portal.Letters;

/// <summary>Looks again and again whether somebody has to be written to; a round that fails is repeated.</summary>
public abstract class LetterRounds(TimeSpan pause, TimeProvider time, ILogger log) : BackgroundService
{
    /// <summary>One round.</summary>
    public abstract Task RoundAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(pause, time);
        var failing = false;
        while (await NextAsync(rounds, stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // a failed round must not stop the loop
            catch (Exception problem)
#pragma warning restore CA1031
            {
                if (!failing)
                {
                    log.RoundFails(GetType().Name, problem);
                }

                failing = true;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer rounds, CancellationToken stopping)
    {
        try
        {
            return await rounds.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>The log messages of letters: event ids 1240 to 1249.</summary>
internal static partial class LetterLog
{
    [LoggerMessage(1240, LogLevel.Information, "Warned an owner of {Count} API keys that freeze soon.")]
    public static partial void Warned(this ILogger log, int count);

    [LoggerMessage(1241, LogLevel.Warning, "{Letters} cannot be written; it is retried each round.")]
    public static partial void RoundFails(this ILogger log, string letters, Exception problem);

    [LoggerMessage(1242, LogLevel.Information, "Told {Administrators} administrators that {Count} approvals wait.")]
    public static partial void ToldOfApprovals(this ILogger log, int administrators, int count);

    [LoggerMessage(1243, LogLevel.Warning, "A customer could not be told of a decision on a subscription.")]
    public static partial void DecisionNotTold(this ILogger log, Exception problem);
}
