using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Audit;

/// <summary>Has the audit log sealed, and signs what it has come to.</summary>
public sealed class AuditSeal(ISealedLog log, MasterKeyRing masters, RandomSource random, TimeProvider time)
{
    private CheckpointKey? key;

    /// <summary>
    /// Seals what waits and signs the state, unless another node does; a server calls it each second.
    /// </summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        if (await log.SealAsync(cancellationToken))
        {
            await SignAsync(cancellationToken);
        }
    }

    /// <summary>The keys whose checkpoints are good, the newest last.</summary>
    public async Task<IReadOnlyList<CheckpointKey>> KeysAsync(CancellationToken cancellationToken) =>
        [.. (await log.KeysAsync(cancellationToken)).Select(record => CheckpointKey.Open(record, masters))];

    // Makes the first key; and seals each anew that stands under a master key of before, while that is still in force.
    private async Task TendAsync(CancellationToken cancellationToken)
    {
        var known = await log.KeysAsync(cancellationToken);
        if (known.Count == 0)
        {
            await log.AddFirstKeyAsync(CheckpointKey.Make(masters, random, time.GetUtcNow()), cancellationToken);
        }

        foreach (var record in known.Where(record => record.Sealed[0] != masters.Current.Id))
        {
            await log.SaveKeyAsync(CheckpointKey.Reseal(record, masters, random), cancellationToken);
        }
    }

    // Only when something is new: an idle server writes nothing.
    private async Task SignAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (state, last) = (await log.StateAsync(cancellationToken), await log.CheckpointAsync(cancellationToken));
        var signer = await KeyAsync(cancellationToken);
        if (
            last is not null
            && last.Kid == signer.Kid
            && AuditCheckpoint.Read(last.Text) is { } before
            && AuditCheckpoint.Write(state, before.At) == last.Text
        )
        {
            return;
        }

        await log.SaveAsync(signer.Sign(AuditCheckpoint.Write(state, now)), cancellationToken);
    }

    private async Task<CheckpointKey> KeyAsync(CancellationToken cancellationToken)
    {
        if (key is null)
        {
            await TendAsync(cancellationToken);
            key = CheckpointKey.Open((await log.KeysAsync(cancellationToken))[^1], masters);
        }

        return key;
    }
}
