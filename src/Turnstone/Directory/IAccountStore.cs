using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>
/// The accounts. A save that changes the password or disables the account revokes every session of it in the same
/// commit.
/// </summary>
public interface IAccountStore
{
    /// <summary>Conflict: the email is taken.</summary>
    Task<Receipt> CreateAsync(Account account, AuditEntry entry, CancellationToken cancellationToken);

    Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken);

    Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken);

    /// <summary>
    /// Saves, if the stored row still has <see cref="Account.ConcurrencyStamp"/>, and gives it <paramref
    /// name="newStamp"/>. Conflict: it has another. Withdrawn: the save would take the right from the last
    /// administrator, and nobody would be left to give it back. A changed password hash or a new <see
    /// cref="Account.DisabledAt"/> raises the epoch and revokes the account's sessions in the same commit, a new <see
    /// cref="Account.DisabledAt"/> those of the clients that it owns as well. A changed password hash takes away the
    /// passkeys that nobody has confirmed.
    /// </summary>
    Task<Receipt> SaveAsync(Account account, string newStamp, AuditEntry? entry, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a password's hash by another hash of the same password: no session is touched. Conflict: the old one
    /// is not there any more. The stamp changes: an account that was read before must be read again to be saved, or its
    /// old hash would look like a new password.
    /// </summary>
    Task<Receipt> RehashAsync(Guid id, string oldHash, string newHash, CancellationToken cancellationToken);

    /// <summary>
    /// Writes <see cref="Account.KnownNetworks"/>. The stamp stays: nobody who saves the account meanwhile is refused.
    /// </summary>
    Task SetKnownNetworksAsync(Guid id, IReadOnlyList<byte[]> networks, CancellationToken cancellationToken);

    /// <summary>Writes <see cref="Account.Letters"/>. The stamp stays.</summary>
    Task SetLettersAsync(Guid id, LetterWishes wishes, AuditEntry? entry, CancellationToken cancellationToken);

    /// <summary>In the order of their normalized emails; those after one, for the next page.</summary>
    Task<IReadOnlyList<Account>> ListAsync(
        string? emailContains,
        int limit,
        CancellationToken cancellationToken,
        string? after = null
    );

    /// <summary>Everyone who may administer now: administrators whose account is not disabled.</summary>
    Task<IReadOnlyList<Account>> AdministratorsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes up to <paramref name="limit"/> accounts that were made before a moment, that nobody has confirmed and
    /// that own nothing; answers how many. Administrators and disabled accounts stay: somebody has looked at those.
    /// </summary>
    Task<int> SweepUnconfirmedAsync(DateTimeOffset madeBefore, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<Passkey>> PasskeysAsync(Guid accountId, CancellationToken cancellationToken);

    Task<Passkey?> FindPasskeyAsync(byte[] credentialId, CancellationToken cancellationToken);

    Task SavePasskeyAsync(Passkey passkey, CancellationToken cancellationToken);

    /// <summary>The passkey counts from now on.</summary>
    Task ConfirmPasskeyAsync(
        Guid accountId,
        byte[] credentialId,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    Task RemovePasskeyAsync(Guid accountId, byte[] credentialId, CancellationToken cancellationToken);
}
