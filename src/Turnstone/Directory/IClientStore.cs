using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

public interface IClientStore
{
    Task<Client?> FindAsync(string id, CancellationToken cancellationToken);

    Task<IReadOnlyList<Client>> ListAsync(Guid? ownerId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces. One that is newly disabled, or that lost a secret or a key, has its epoch raised; one newly
    /// disabled has its sessions ended in the same commit. Conflict: it was saved, or its epoch was raised, since it
    /// was read.
    /// </summary>
    Task<Receipt> SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken);
}
