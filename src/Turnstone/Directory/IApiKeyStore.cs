using Turnstone.Model;

namespace Turnstone.Directory;

public interface IApiKeyStore
{
    Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The key that has one of these hashes.</summary>
    Task<ApiKey?> FindByHashAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken);

    Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces all but the last use; a key that is newly revoked has its sessions revoked in the same
    /// commit. False when another key has the hash. A revocation and a successor that are stored stay, whatever is
    /// saved after them: a renewal that was read before cannot undo them.
    /// </summary>
    Task<bool> SaveAsync(ApiKey key, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the key as it stands in the commit, so that two who change different things of it do not undo each
    /// other; null, and nothing written, when it is not there or <paramref name="change"/> answers null. That may be
    /// asked more than once.
    /// </summary>
    Task<ApiKey?> ChangeAsync(
        Guid id,
        Func<ApiKey, ApiKey?> change,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Writes a new key and the overlap of the one it takes over from, in one commit; false when the old one was
    /// revoked or rolled meanwhile.
    /// </summary>
    Task<bool> RollAsync(ApiKey old, ApiKey successor, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Keys that work now and freeze before a moment, without a successor, whose owner has not been warned of that
    /// freeze; soonest first.
    /// </summary>
    Task<IReadOnlyList<ApiKey>> ToWarnAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the owner was warned of this freeze; false when it was noted before, or the key has another freeze by
    /// now.
    /// </summary>
    Task<bool> NoteWarnedAsync(Guid id, DateTimeOffset freezesAt, CancellationToken cancellationToken);

    /// <summary>Notes a use; it may be written a little later and coarsely, never on a login's own path.</summary>
    void NoteUse(Guid id, DateTimeOffset at, string network);
}
