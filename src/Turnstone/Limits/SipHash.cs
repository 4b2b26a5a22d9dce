using System.Buffers.Binary;
using System.Numerics;

namespace Turnstone.Limits;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein 2012): a hash that nobody who lacks the key can aim, made for tables that
/// strangers fill. A keyed SHA-256 is sixty times as dear and protects nothing more where the result is never shown.
/// </summary>
public sealed class SipHash
{
    public const int KeySize = 16;

    private readonly ulong key0;
    private readonly ulong key1;

    public SipHash(ReadOnlySpan<byte> key) =>
        (key0, key1) = (
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadUInt64LittleEndian(key[8..KeySize])
        );

    public ulong Of(ReadOnlySpan<byte> text)
    {
        var state = new State(key0, key1);
        var rest = text;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        Span<byte> last = stackalloc byte[8];
        last.Clear();
        rest.CopyTo(last);
        last[7] = (byte)text.Length;
        state.Take(BinaryPrimitives.ReadUInt64LittleEndian(last));
        return state.End();
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong a = key0 ^ 0x736f6d6570736575;
        private ulong b = key1 ^ 0x646f72616e646f6d;
        private ulong c = key0 ^ 0x6c7967656e657261;
        private ulong d = key1 ^ 0x7465646279746573;

        public void Take(ulong word)
        {
            d ^= word;
            Mix();
            Mix();
            a ^= word;
        }

        public ulong End()
        {
            c ^= 0xff;
            Mix();
            Mix();
            Mix();
            Mix();
            return a ^ b ^ c ^ d;
        }

        private void Mix()
        {
            a += b;
            b = BitOperations.RotateLeft(b, 13) ^ a;
            a = BitOperations.RotateLeft(a, 32);
            c += d;
            d = BitOperations.RotateLeft(d, 16) ^ c;
            a += d;
            d = BitOperations.RotateLeft(d, 21) ^ a;
            c += b;
            b = BitOperations.RotateLeft(b, 17) ^ c;
            c = BitOperations.RotateLeft(c, 32);
        }
    }
}
