using Turnstone.Directory;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Writes to the owners of keys that freeze soon, once per freeze. Every node does this; each key is claimed in the
/// store first, so only one node writes. If that node dies or loses the store in between, no email is sent, but the
/// portal's pages warn too.
/// </summary>
public sealed class FreezeWarnings(
    IApiKeyStore keys,
    IAccountStore accounts,
    AccountLetters letters,
    FreezeLetter letter,
    TimeProvider time,
    ILogger<FreezeWarnings> log
) : LetterRounds(TimeSpan.FromMinutes(10), time, log)
{
    private const int MostAtOnce = 100;

    private readonly TimeProvider time = time;
    private readonly ILogger<FreezeWarnings> log = log;

    public override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // Without a mail server nothing is claimed, so the first round with one warns of all.
        while (letters.Sends)
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

        if (claimed.Count > 0 && account is not null)
        {
            await letter.SendAsync(account, claimed);
            log.Warned(claimed.Count);
        }
    }
}
