using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Storage.Blocks;

/// <summary>An entry as a chain has it: what names a person is not readable in it.</summary>
internal readonly record struct SealedEntry
{
    public required EntryKind Kind { get; init; }

    /// <summary>The kind as it is written.</summary>
    public required ReadOnlyMemory<byte> KindBytes { get; init; }

    /// <summary>Microseconds since 1970.</summary>
    public required long At { get; init; }

    public required Guid Id { get; init; }

    public string? Client { get; init; }

    public Guid? Account { get; init; }

    public Guid? ApiKey { get; init; }

    public Guid? Session { get; init; }

    /// <summary>From where: the address and what the program calls itself.</summary>
    public ReadOnlyMemory<byte> Origin { get; init; }

    /// <summary>The reason and the detail, where they may name somebody.</summary>
    public ReadOnlyMemory<byte> Words { get; init; }

    /// <summary>The hash of the entry alone, as docs/audit.md has it.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text(KindBytes.Span);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At);
        hash.AppendData(bytes[..8]);
        if (Client is not null)
        {
            Text(Encoding.UTF8.GetBytes(Client));
        }

        Bytes(Id, bytes);
        Bytes(Account, bytes);
        Bytes(ApiKey, bytes);
        Bytes(Session, bytes);
        Text(Origin.Span);
        if (Kind.Has(EntryFields.Words))
        {
            Text(Words.Span);
        }

        return hash.GetHashAndReset();

        void Text(ReadOnlySpan<byte> value)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
            hash.AppendData(length);
            hash.AppendData(value);
        }

        void Bytes(Guid? id, Span<byte> buffer)
        {
            if (id is { } value)
            {
                value.TryWriteBytes(buffer, bigEndian: true, out _);
                hash.AppendData(buffer);
            }
        }
    }

    /// <summary>The hash of the chain up to this entry.</summary>
    public static byte[] Chain(ReadOnlySpan<byte> before, ReadOnlySpan<byte> entry)
    {
        Span<byte> both = stackalloc byte[2 * SHA256.HashSizeInBytes];
        before.CopyTo(both);
        entry.CopyTo(both[SHA256.HashSizeInBytes..]);
        return SHA256.HashData(both);
    }
}
