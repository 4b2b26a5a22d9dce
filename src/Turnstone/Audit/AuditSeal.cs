using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Audit;

/// <summary>
/// Has the audit log sealed, and signs what it has come to: only what follows from what was signed before.
/// </summary>
public sealed class AuditSeal(ISealedLog log, MasterKeyRing masters, RandomSource random, TimeProvider time)
{
    private CheckpointKey? key;
    private AuditState? signed;

    /// <summary>Why nothing is signed any more, a sentence each; nothing while the log is as it was sealed.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>
    /// What this process has signed and the store does not have any more: it was put back to a state of before.
    /// </summary>
    public string? PutBack { get; private set; }

    /// <summary>
    /// Seals what waits and signs the state, unless another node does; a server calls it each second.
    /// </summary>
    /// <param name="before">What is older than this of a chain need not be kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SealAsync(Func<AuditChain, DateTimeOffset> before, CancellationToken cancellationToken)
    {
        // The key first: what is sealed before there is one could be anybody's.
        key ??= await KeyAsync(AuditState.Empty, cancellationToken);
        if (await log.SealAsync(cancellationToken))
        {
            await SignAsync(before, cancellationToken);
        }
    }

    /// <summary>
    /// Signs the log as it is, whatever was signed before: somebody has looked at what is wrong with it.
    /// </summary>
    public async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var state = await log.SettleAsync(cancellationToken);
        if (await KeyAsync(state, cancellationToken) is { } signer)
        {
            await log.PutAsync(signer.Sign(AuditCheckpoint.Write(state, time.GetUtcNow())), cancellationToken);
        }
    }

    /// <summary>The keys whose checkpoints are good, the newest last.</summary>
    public async Task<IReadOnlyList<CheckpointKey>> KeysAsync(CancellationToken cancellationToken) =>
        [.. (await log.KeysAsync(cancellationToken)).Select(record => CheckpointKey.Open(record, masters))];

    private async Task SignAsync(Func<AuditChain, DateTimeOffset> before, CancellationToken cancellationToken)
    {
        if (await StatedAsync(cancellationToken) is not { } last)
        {
            Faults = ["The newest checkpoint is gone, or it was not signed by the key of this log."];
            return;
        }

        Compare(last.State);
        var next = await log.AdvanceAsync(last.State, before, cancellationToken);
        Faults = next.Faults;

        // Only when something is new: an idle server writes nothing.
        if (
            Faults.Count == 0
            && AuditCheckpoint.Write(next.State, last.At) != last.Checkpoint.Text
            && await log.SaveAsync(
                key!.Sign(AuditCheckpoint.Write(next.State, time.GetUtcNow())),
                last.Checkpoint,
                cancellationToken
            )
        )
        {
            signed = next.State;
        }
    }

    private async Task<(AuditCheckpoint Checkpoint, DateTimeOffset At, AuditState State)?> StatedAsync(
        CancellationToken cancellationToken
    ) =>
        await log.CheckpointAsync(cancellationToken) is { } last
        && AuditCheckpoint.Read(last.Text) is { } stated
        && key?.Verifies(last) is true
            ? (last, stated.At, stated.State)
            : null;

    // What other nodes sign goes on from what this one has signed.
    private void Compare(AuditState state)
    {
        var lost = signed
            ?.Chains.Where(own => state.Chains.Any(now => now.Chain == own.Chain && now.Next < own.Next))
            .Select(own => $"{own.Chain.ToString().ToLowerInvariant()} to {own.Next - 1}")
            .ToList();
        if (lost is { Count: > 0 })
        {
            PutBack = string.Join(", ", lost);
        }

        signed = state;
    }

    // Makes the first key for a log of this state; and seals each anew that stands under a master key of before, while
    // that is still in force.
    private async Task<CheckpointKey?> KeyAsync(AuditState state, CancellationToken cancellationToken)
    {
        var known = await log.KeysAsync(cancellationToken);
        if (known.Count == 0)
        {
            var first = CheckpointKey.Make(masters, random, time.GetUtcNow());
            var text = AuditCheckpoint.Write(state, time.GetUtcNow());
            await log.AddFirstKeyAsync(first, CheckpointKey.Open(first, masters).Sign(text), cancellationToken);
        }

        foreach (var record in known.Where(record => record.Sealed[0] != masters.Current.Id))
        {
            await log.SaveKeyAsync(CheckpointKey.Reseal(record, masters, random), cancellationToken);
        }

        return (await KeysAsync(cancellationToken)) is [.., var newest] ? newest : null;
    }
}
