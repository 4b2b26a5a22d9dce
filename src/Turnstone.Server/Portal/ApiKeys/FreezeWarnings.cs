using Turnstone.Directory;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>
/// Sends an email to the owners of keys that freeze soon, once per freeze. Every node does this; each key is claimed in
/// the store first, so only one node sends it. If that node dies or loses the store in between, no email is sent, but
/// the portal's pages warn too.
/// </summary>
public sealed class FreezeWarnings(
    IApiKeyStore keys,
    IAccountStore accounts,
    MailQueue mail,
    FreezeEmail freezeEmail,
    TimeProvider time,
    ILogger<FreezeWarnings> log
) : BackgroundService
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>One round of warnings.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        // Without a mail server nothing is claimed, so the first round with one warns of all.
        while (mail.Sends)
        {
            var due = await keys.ToWarnAsync(time.GetUtcNow() + ApiKey.Warning, MostAtOnce, cancellationToken);
            foreach (var ofOne in due.GroupBy(key => key.AccountId))
            {
                await WarnAsync(ofOne.Key, ofOne, cancellationToken);
            }

            if (due.Count < MostAtOnce)
            {
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Pause, time);
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
                    log.WarningsFail(problem);
                }

                failing = true;
            }
        }
    }

    private async Task WarnAsync(Guid accountId, IEnumerable<ApiKey> due, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(accountId, cancellationToken);
        List<ApiKey> claimed = [];
        foreach (var key in due)
        {
            if ((await keys.NoteWarnedAsync(key.Id, key.FreezesAt, cancellationToken)).IsCommitted)
            {
                claimed.Add(key);
            }
        }

        // An unconfirmed address may belong to somebody else.
        if (
            claimed.Count > 0
            && account is { DisabledAt: null, EmailConfirmed: true }
            && Letter.CanReach(account.Email)
        )
        {
            await mail.SendAsync(freezeEmail.To(account.Email, claimed), cancellationToken);
            log.Warned(claimed.Count);
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

/// <summary>The log messages of warnings: event ids 1240 to 1249.</summary>
internal static partial class FreezeLog
{
    [LoggerMessage(1240, LogLevel.Information, "Warned an owner of {Count} API keys that freeze soon.")]
    public static partial void Warned(this ILogger log, int count);

    [LoggerMessage(1241, LogLevel.Warning, "Owners of API keys cannot be warned; it is retried each round.")]
    public static partial void WarningsFail(this ILogger log, Exception problem);
}
