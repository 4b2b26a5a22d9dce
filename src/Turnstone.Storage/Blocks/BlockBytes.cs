using System.Buffers;
using System.Buffers.Binary;

namespace Turnstone.Storage.Blocks;

/// <summary>Writes the numbers, ids and texts of a block.</summary>
internal sealed class BlockOutput(int room = 256)
{
    private readonly ArrayBufferWriter<byte> bytes = new(room);

    public void Byte(byte value) => bytes.Write([value]);

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that there is more.</summary>
    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    /// <summary>A number that may be negative: 0, -1, 1, -2, … as 0, 1, 2, 3, …</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    public void Id(Guid? id)
    {
        if (id is { } value)
        {
            Span<byte> buffer = stackalloc byte[16];
            value.TryWriteBytes(buffer, bigEndian: true, out _);
            bytes.Write(buffer);
        }
    }

    public void Raw(ReadOnlySpan<byte> value) => bytes.Write(value);

    public void Text(ReadOnlySpan<byte> value)
    {
        Number((ulong)value.Length);
        bytes.Write(value);
    }

    /// <summary>A text after its length in four bytes: so it is hashed.</summary>
    public void Long(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        bytes.Write(length);
        bytes.Write(value);
    }

    public void Prefix(uint hash)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(buffer, hash);
        bytes.Write(buffer);
    }

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();
}

/// <summary>Reads them; whoever has changed a block may have written anything.</summary>
internal sealed class BlockInput(ReadOnlyMemory<byte> bytes)
{
    private int place;

    public int Left => bytes.Length - place;

    public byte Byte() => Raw(1).Span[0];

    public ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number is too long.");
    }

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number of things, of which each has a byte at least.</summary>
    public int Count() =>
        Number() is var count && count <= (ulong)Left
            ? (int)count
            : throw new InvalidDataException("There is less than is said.");

    public Guid Id() => new(Raw(16).Span, bigEndian: true);

    public ReadOnlyMemory<byte> Text() => Raw(Count());

    public ReadOnlyMemory<byte> Raw(int length)
    {
        if (length > Left)
        {
            throw new InvalidDataException("It ends too early.");
        }

        place += length;
        return bytes.Slice(place - length, length);
    }

    public static uint Prefix(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt32BigEndian(hash);
}
