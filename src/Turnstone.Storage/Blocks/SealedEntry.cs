using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// An entry as a chain has it: what names a person is not readable in it. No struct: lists of them would be so large
/// that only a full collection gives them back.
/// </summary>
internal sealed record SealedEntry
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
        var hashed = new BlockOutput(room: 512);
        hashed.Long(KindBytes.Span);
        Span<byte> at = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(at, At);
        hashed.Raw(at);
        if (Client is not null)
        {
            hashed.Long(Encoding.UTF8.GetBytes(Client));
        }

        hashed.Id(Id);
        hashed.Id(Account);
        hashed.Id(ApiKey);
        hashed.Id(Session);
        hashed.Long(Origin.Span);
        if (Kind.Has(EntryFields.Words))
        {
            hashed.Long(Words.Span);
        }

        return SHA256.HashData(hashed.Written);
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
