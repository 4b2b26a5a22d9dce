using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Storage;

namespace Turnstone.Server.Mail;

/// <summary>
/// Finds the letters that concern an account by opening all that wait: they are few. One to an address that is not the
/// account's yet has a link that names the account.
/// </summary>
public sealed class WaitingLetters(ILetterStore store, LetterSeal seal) : IWaitingLetters
{
    public async Task WithdrawAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        foreach (var waiting in await store.ListAsync(cancellationToken))
        {
            if (seal.Open(waiting.Id, waiting.Sealed) is var (letter, _) && Concerns(letter, account))
            {
                await store.RemoveAsync(waiting.Id, cancellationToken);
            }
        }
    }

    private static bool Concerns(Letter letter, Account account) =>
        letter.Text.Contains($"{account.Id:D}", StringComparison.Ordinal)
        || (
            EmailAddress.TryNormalize(account.Email, out var address)
            && EmailAddress.TryNormalize(letter.To, out var to)
            && to == address
        );
}
