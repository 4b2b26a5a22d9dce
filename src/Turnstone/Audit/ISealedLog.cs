using Turnstone.Model;

namespace Turnstone.Audit;

/// <summary>The audit log as it is sealed: what was written stands in chains that nobody changes unnoticed.</summary>
public interface ISealedLog
{
    /// <summary>
    /// Seals what waits, if no other node does; answers whether this one has done so.
    /// </summary>
    Task<bool> SealAsync(CancellationToken cancellationToken);

    /// <summary>What the store says of it, as it is.</summary>
    Task<AuditState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Has each chain end where its last block does, whatever else the store says of it.</summary>
    Task<AuditState> SettleAsync(CancellationToken cancellationToken);

    /// <summary>Goes over what was sealed after a signed state.</summary>
    /// <param name="from">That state.</param>
    /// <param name="before">What is older than this of a chain need not be kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<AuditAdvance> AdvanceAsync(
        AuditState from,
        Func<AuditChain, DateTimeOffset> before,
        CancellationToken cancellationToken
    );

    Task<AuditCheckpoint?> CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Saves the one that follows another; false if another node has saved one meanwhile.</summary>
    Task<bool> SaveAsync(AuditCheckpoint checkpoint, AuditCheckpoint before, CancellationToken cancellationToken);

    /// <summary>Saves one whatever is there.</summary>
    Task PutAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The keys that sign checkpoints, the newest last.</summary>
    Task<IReadOnlyList<AuditKeyRecord>> KeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds the first key with the first checkpoint; nothing if another process has done so meanwhile.
    /// </summary>
    Task AddFirstKeyAsync(AuditKeyRecord key, AuditCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Replaces a key by the same one, sealed anew.</summary>
    Task SaveKeyAsync(AuditKeyRecord key, CancellationToken cancellationToken);

    /// <summary>
    /// Says that what is older of a chain is no longer kept, and removes what a checkpoint has said so of; answers how
    /// many entries were removed, at least <paramref name="limit"/> while there is more.
    /// </summary>
    Task<int> SweepAsync(AuditChain chain, DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Compares all of it with a checkpoint.</summary>
    /// <param name="state">What the checkpoint says.</param>
    /// <param name="published">What others have said, that were published and may be older.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<AuditInspection> InspectAsync(
        AuditState state,
        IReadOnlyList<AuditState> published,
        CancellationToken cancellationToken
    );

    /// <summary>The next entries of a chain from a number on; none when all were read.</summary>
    Task<IReadOnlyList<(long Number, AuditEntry Entry)>> FollowAsync(
        AuditChain chain,
        long from,
        CancellationToken cancellationToken
    );
}

/// <summary>A key that signs checkpoints, sealed under the master key.</summary>
public sealed record AuditKeyRecord(string Kid, byte[] Sealed, DateTimeOffset MadeAt);

/// <summary>What follows a signed state.</summary>
/// <param name="State">The state to be signed next.</param>
/// <param name="Faults">Why it is not to be signed: what was not sealed as it stands, a sentence each.</param>
public sealed record AuditAdvance(AuditState State, IReadOnlyList<string> Faults);

/// <summary>What was found.</summary>
/// <param name="Entries">How many entries were read.</param>
/// <param name="Waiting">How many are not sealed yet.</param>
/// <param name="AfterCheckpoint">How many were sealed after the checkpoint.</param>
/// <param name="Faults">What is not as it was sealed, a sentence each.</param>
public sealed record AuditInspection(long Entries, long Waiting, long AfterCheckpoint, IReadOnlyList<string> Faults);
