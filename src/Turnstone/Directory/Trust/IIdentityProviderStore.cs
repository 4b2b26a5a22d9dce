using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory.Trust;

public interface IIdentityProviderStore
{
    /// <summary>All of them, by their issuers, with what was last seen of each.</summary>
    Task<IReadOnlyList<IdentityProvider>> ListAsync(CancellationToken cancellationToken);

    Task<IdentityProvider?> FindAsync(string issuer, CancellationToken cancellationToken);

    /// <summary>
    /// Adds one of revision 0, or changes the one of the same issuer. Conflict: it was saved since it was read.
    /// </summary>
    Task<Receipt> SaveAsync(IdentityProvider provider, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Removes it. Whose account its subjects are is kept: should it come back, nobody is taken for another who has the
    /// address by then. Withdrawn where there is none.
    /// </summary>
    Task<Receipt> RemoveAsync(string issuer, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Notes for whom it has let a client act, without waiting: it is written within a second.</summary>
    void NoteUse(string issuer, DateTimeOffset at, string by);

    /// <summary>Notes what an assertion of its lacked.</summary>
    void NoteRefusal(string issuer, DateTimeOffset at, string lacked);

    /// <summary>Whose account a subject of an issuer is; null where nobody has been linked to it.</summary>
    Task<Guid?> PersonAsync(string issuer, string subject, CancellationToken cancellationToken);

    /// <summary>Links a subject to an account for good. Withdrawn where it is linked to another.</summary>
    Task<Receipt> LinkAsync(
        string issuer,
        string subject,
        Guid accountId,
        AuditEntry entry,
        CancellationToken cancellationToken
    );
}
