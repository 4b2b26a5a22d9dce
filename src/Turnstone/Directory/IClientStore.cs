using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

public interface IClientStore
{
    Task<Client?> FindAsync(string id, CancellationToken cancellationToken);

    Task<IReadOnlyList<Client>> ListAsync(Guid? ownerId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces. One that is newly disabled, or that lost a secret, has its epoch raised; one newly disabled
    /// has its sessions revoked in the same commit.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It was saved, or its epoch was raised, since the client was read:
    /// saving it would undo that. Read it again.</exception>
    Task SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken);
}
