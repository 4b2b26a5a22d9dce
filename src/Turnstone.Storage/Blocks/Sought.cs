using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// What can be looked for, as a number: the hash of its name says in which part of the index it stands, and 27 bits of
/// it stand there with each block that has it.
/// </summary>
internal readonly record struct Sought(int Part, uint Mark)
{
    public const int Parts = 256;

    /// <summary>How many blocks are found together: what is left of a number of 32 bits.</summary>
    public const int MostBlocks = 32;

    public static Sought Account(Guid id) => Of("account", id);

    public static Sought ApiKey(Guid id) => Of("key", id);

    public static Sought Session(Guid id) => Of("session", id);

    public static Sought Actor(Guid id) => Of("actor", id);

    public static Sought Client(string id) => Of("client", id);

    public static Sought Network(string address) => Of("network", address);

    public static Sought Event(string name) => Of("event", name);

    /// <summary>
    /// Everything by which entries are found but their addresses, which only their persons' keys show. What several
    /// have is hashed once.
    /// </summary>
    public static IEnumerable<Sought> Of(IReadOnlyList<SealedEntry> entries) =>
        [
            .. entries.Select(entry => entry.Kind.Event).Distinct().Select(Event),
            .. entries.Select(entry => entry.Account).OfType<Guid>().Distinct().Select(Account),
            .. entries.Select(entry => entry.ApiKey).OfType<Guid>().Distinct().Select(ApiKey),
            .. entries.Select(entry => entry.Client).OfType<string>().Distinct().Select(Client),
            .. entries.Select(entry => entry.Kind.Actor).OfType<Guid>().Distinct().Select(Actor),
            // An entry with the id of its session is found by that: ids begin with their time.
            .. entries.Where(entry => entry.Session != entry.Id).Select(e => e.Session).OfType<Guid>().Select(Session),
        ];

    public uint Place(int block) => (Mark << 5) | (uint)block;

    /// <summary>The blocks of a group that have it.</summary>
    public IEnumerable<int> Blocks(byte[] places)
    {
        var (low, high) = (0, places.Length / 4);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = PlaceAt(places, middle) < Place(0) ? (middle + 1, high) : (low, middle);
        }

        for (; low < places.Length / 4 && PlaceAt(places, low) >> 5 == Mark; low++)
        {
            yield return (int)(PlaceAt(places, low) & (MostBlocks - 1));
        }
    }

    public static byte[] Write(IEnumerable<uint> places)
    {
        uint[] sorted = [.. places.Distinct().Order()];
        var bytes = new byte[4 * sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), sorted[i]);
        }

        return bytes;
    }

    private static uint PlaceAt(byte[] places, int i) => BinaryPrimitives.ReadUInt32BigEndian(places.AsSpan(4 * i));

    private static Sought Of(string kind, string name) => Of(Encoding.UTF8.GetBytes($"{kind} {name}"));

    private static Sought Of(string kind, Guid id)
    {
        Span<byte> name = stackalloc byte[64];
        Utf8.TryWrite(name, $"{kind} {id}", out var length);
        return Of(name[..length]);
    }

    private static Sought Of(ReadOnlySpan<byte> name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        return new(hash[0], BinaryPrimitives.ReadUInt32BigEndian(hash[1..]) >> 5);
    }
}
