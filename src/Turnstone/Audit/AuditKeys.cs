using Turnstone.Tokens.Keys;

namespace Turnstone.Audit;

/// <summary>
/// The public keys of the checkpoints as a JWKS (RFC 7517 §5), read from the store at most once a minute.
/// </summary>
public sealed class AuditKeys(AuditSeal seal, TimeProvider time)
{
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(1);

    private Known? known;

    public async Task<ReadOnlyMemory<byte>> DocumentAsync(CancellationToken cancellationToken)
    {
        var last = known;
        if (last is null || time.GetElapsedTime(last.Read) > Good)
        {
            last = new Known(
                JsonWebKeys.Write((await seal.KeysAsync(cancellationToken)).Select(key => key.PublicMembers)),
                time.GetTimestamp()
            );
            known = last;
        }

        return last.Document;
    }

    private sealed record Known(byte[] Document, long Read);
}
