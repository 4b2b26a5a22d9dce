using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory.Trust;

public interface ITrustStore
{
    /// <summary>The rules of a client, the oldest first.</summary>
    Task<IReadOnlyList<TrustRule>> ListAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>Adds a rule with its audit entry. Too many, where the client has as many as it may.</summary>
    Task<Receipt> AddAsync(TrustRule rule, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Withdrawn where the client has no such rule.</summary>
    Task<Receipt> RemoveAsync(string clientId, Guid id, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Notes who was let in by a rule, without waiting: it is written within a second.</summary>
    void NoteUse(Guid id, DateTimeOffset at, string by);

    /// <summary>Notes what an assertion of its issuer lacked.</summary>
    void NoteRefusal(Guid id, DateTimeOffset at, string lacked);
}
