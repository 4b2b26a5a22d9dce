using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Administration;

/// <summary>
/// Erases the person of an account: what it could open ends for ever, and its email, password, factors and networks are
/// gone. Its id stays in the record, with nothing of the person beside it.
/// </summary>
public sealed class AccountErasure(IAccountStore accounts, IEndingStore store, IWaitingLetters letters)
{
    private const int Step = 500;

    /// <summary>
    /// Erases the account; one that was erased already is only searched again for what an interruption left.
    /// </summary>
    public async Task<ActOutcome> EraseAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        if (caller.ActorId == id)
        {
            return ActOutcome.Oneself;
        }

        if (await accounts.FindAsync(id, cancellationToken) is not { } account)
        {
            return ActOutcome.Unknown;
        }

        var outcome = ActOutcome.WasSo;
        if (!account.Erased)
        {
            // While the email is known; once more for one that was written meanwhile.
            await letters.WithdrawAsync(account, cancellationToken);
            outcome = await store.EraseAsync(id, caller, cancellationToken) switch
            {
                ReceiptKind.Committed => ActOutcome.Done,
                ReceiptKind.Withdrawn => ActOutcome.LastAdministrator,
                _ => ActOutcome.Unknown,
            };
            if (outcome is not ActOutcome.Done)
            {
                return outcome;
            }

            await letters.WithdrawAsync(account, cancellationToken);
        }

        await ScrubAsync(id, cancellationToken);
        return outcome;
    }

    private async Task ScrubAsync(Guid id, CancellationToken cancellationToken)
    {
        for (Guid? after = Guid.Empty; after is { } place; )
        {
            after = await store.ScrubAuditAsync(id, place, Step, cancellationToken);
        }

        for (Guid? after = Guid.Empty; after is { } place; )
        {
            after = await store.ScrubSessionsAsync(id, place, Step, cancellationToken);
        }
    }
}

/// <summary>The letters that wait to be sent: the store knows neither to whom they go nor what they say.</summary>
public interface IWaitingLetters
{
    /// <summary>Removes those to an account's email, and those whose link names the account.</summary>
    Task WithdrawAsync(Account account, CancellationToken cancellationToken);
}
