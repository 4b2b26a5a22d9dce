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

    /// <summary>Deletes it with its codes and consents, and ends its sessions in the same commit.</summary>
    Task<Receipt> DeleteAsync(string id, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>How many have registered themselves and had no token yet.</summary>
    Task<long> CountWaitingAsync(CancellationToken cancellationToken);

    /// <summary>The ids of the disabled clients that a metadata document describes.</summary>
    Task<IReadOnlyList<string>> DisabledDescribedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes clients that nobody here has made, that came before then and that never had a token; one that was
    /// disabled stays, so that it stays disabled. Answers how many.
    /// </summary>
    Task<int> SweepStrangersAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
