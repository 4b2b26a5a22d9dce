using System.Buffers;
using System.Text.Json;

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
            last = new Known(Render(await seal.KeysAsync(cancellationToken)), time.GetTimestamp());
            known = last;
        }

        return last.Document;
    }

    private static byte[] Render(IReadOnlyList<CheckpointKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            foreach (var (name, value) in key.PublicMembers)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private sealed record Known(byte[] Document, long Read);
}
