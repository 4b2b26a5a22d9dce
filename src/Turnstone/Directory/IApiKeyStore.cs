using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

public interface IApiKeyStore
{
    Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The key that has one of these hashes.</summary>
    Task<ApiKey?> FindByHashAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken);

    Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces all but the last use; a key that is newly revoked has its sessions ended in the same commit.
    /// Conflict: another key has the hash, or this one was saved since it was read.
    /// </summary>
    Task<Receipt> SaveAsync(ApiKey key, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a new key and the overlap of the one it takes over from, in one commit; without an overlap the sessions
    /// of the old one end with it. Withdrawn: the old one was revoked or rolled meanwhile.
    /// </summary>
    Task<Receipt> RollAsync(ApiKey old, ApiKey successor, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Keys that work now and freeze before a moment, without a successor, whose owner has not been warned of that
    /// freeze; soonest first.
    /// </summary>
    Task<IReadOnlyList<ApiKey>> ToWarnAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the owner was warned of this freeze. Conflict: it was noted before, or the key has another freeze by
    /// now.
    /// </summary>
    Task<Receipt> NoteWarnedAsync(Guid id, DateTimeOffset freezesAt, CancellationToken cancellationToken);

    /// <summary>Notes a use; it may be written a little later and coarsely, never on a login's own path.</summary>
    void NoteUse(Guid id, DateTimeOffset at, string network);
}
