using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Storage;

namespace Turnstone.Server.Mail;

/// <summary>Finds the letters to an address by opening all that wait: they are few.</summary>
public sealed class WaitingLetters(ILetterStore store, LetterSeal seal) : IWaitingLetters
{
    public async Task WithdrawAsync(string email, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryNormalize(email, out var address))
        {
            return;
        }

        foreach (var waiting in await store.ListAsync(cancellationToken))
        {
            if (
                seal.Open(waiting.Id, waiting.Sealed) is var (letter, _)
                && EmailAddress.TryNormalize(letter.To, out var to)
                && to == address
            )
            {
                await store.RemoveAsync(waiting.Id, cancellationToken);
            }
        }
    }
}
