using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory.Trust;

public interface IIdentityProviderStore
{
    Task<IdentityProvider?> FindAsync(string issuer, CancellationToken cancellationToken);

    /// <summary>Adds it, or changes the one of the same issuer.</summary>
    Task<Receipt> SaveAsync(IdentityProvider provider, AuditEntry entry, CancellationToken cancellationToken);

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
