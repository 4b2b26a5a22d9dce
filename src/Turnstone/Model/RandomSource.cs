using System.Security.Cryptography;

namespace Turnstone.Model;

/// <summary>
/// Where randomness comes from, so that a test can know it. Outside tests it is always the system's generator.
/// </summary>
public abstract class RandomSource
{
    public static RandomSource System { get; } = new SystemRandomSource();

    public abstract void Fill(Span<byte> bytes);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A time-ordered identifier (RFC 9562, version 7): rows made together lie together in an index.</summary>
    public Guid NewId(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        var milliseconds = now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(milliseconds >> (40 - (8 * i)));
        }

        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private sealed class SystemRandomSource : RandomSource
    {
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}
