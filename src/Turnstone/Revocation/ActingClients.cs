using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Revocation;

/// <summary>Who acts for an account by exchanged tokens (RFC 8693), and how the account stops it.</summary>
public sealed class ActingClients(IDelegationStore delegations, SessionRevocation revocation)
{
    public Task<IReadOnlyList<Delegation>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        delegations.ListAsync(accountId, cancellationToken);

    /// <summary>
    /// Ends the tokens by which a client acts for the account. It gets no other ones for the sessions that the account
    /// has now. False where it does not act: a mark for a name that was typed in would stay in every node.
    /// </summary>
    public async Task<bool> EndAsync(
        Guid accountId,
        string? clientId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var acting = await delegations.ListAsync(accountId, cancellationToken);
        if (acting.FirstOrDefault(one => one.ClientId == clientId) is not { } found)
        {
            return false;
        }

        await revocation.EndAllAsync(
            SessionHolder.Delegation(accountId, found.ClientId),
            RevocationReason.ByOwner,
            caller,
            cancellationToken
        );
        await delegations.EndAsync(accountId, found.ClientId, cancellationToken);
        return true;
    }
}
