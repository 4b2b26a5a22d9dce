using System.Text;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// The entries of a block as bytes (docs/audit.md): the kinds, the clients, the entries, and the first four bytes of
/// each entry's hash, by which one that was changed is found.
/// </summary>
internal static class BlockFormat
{
    public const int HashPrefix = 4;

    private const byte Version = 1;

    /// <param name="entries">Its entries.</param>
    /// <param name="hashes">The first bytes of their hashes. A block that is made of others takes theirs: one that was
    /// changed since is still found by them.</param>
    public static byte[] Write(IReadOnlyList<SealedEntry> entries, IEnumerable<uint> hashes)
    {
        var (kinds, clients) = (new Dictionary<EntryKind, int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        var output = new BlockOutput();
        output.Byte(Version);
        var firsts = entries.DistinctBy(entry => entry.Kind).ToList();
        output.Number((ulong)firsts.Count);
        foreach (var first in firsts)
        {
            kinds.Add(first.Kind, kinds.Count);
            output.Text(first.KindBytes.Span);
        }

        var names = entries.Select(entry => entry.Client).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        output.Number((ulong)names.Count);
        foreach (var name in names)
        {
            clients.Add(name, clients.Count);
            output.Text(Encoding.UTF8.GetBytes(name));
        }

        var before = 0L;
        foreach (var entry in entries)
        {
            output.Number((ulong)kinds[entry.Kind]);
            output.Signed(entry.At - before);
            before = entry.At;
            Write(output, entry, clients);
        }

        foreach (var hash in hashes)
        {
            output.Prefix(hash);
        }

        return output.ToArray();
    }

    /// <exception cref="InvalidDataException">That is no block of so many entries.</exception>
    public static IEnumerable<SealedEntry> Read(ReadOnlyMemory<byte> contents, int size)
    {
        var input = new BlockInput(contents);
        if (input.Byte() != Version)
        {
            throw new InvalidDataException("It is of another format.");
        }

        var kinds = new (ReadOnlyMemory<byte> Bytes, EntryKind Kind)[input.Count()];
        for (var i = 0; i < kinds.Length; i++)
        {
            var bytes = input.Text();
            kinds[i] = (bytes, EntryKind.Read(bytes));
        }

        var clients = new string[input.Count()];
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = Encoding.UTF8.GetString(input.Text().Span);
        }

        var at = 0L;
        for (var i = 0; i < size; i++)
        {
            var (bytes, kind) = Pick(kinds, input.Number());
            at += input.Signed();
            yield return Read(input, kind, bytes, at, clients);
        }

        if (input.Left != size * HashPrefix)
        {
            throw new InvalidDataException("It has another number of entries.");
        }
    }

    /// <summary>The first bytes of the hashes of the entries, as they were when the block was made.</summary>
    public static IEnumerable<uint> Hashes(ReadOnlyMemory<byte> contents, int size)
    {
        var input = new BlockInput(contents[Math.Max(0, contents.Length - (size * HashPrefix))..]);
        for (var i = 0; i < size && input.Left >= HashPrefix; i++)
        {
            yield return BlockInput.Prefix(input.Raw(HashPrefix).Span);
        }
    }

    private static void Write(BlockOutput output, SealedEntry entry, Dictionary<string, int> clients)
    {
        if (entry.Client is not null)
        {
            output.Number((ulong)clients[entry.Client]);
        }

        output.Id(entry.Kind.Has(EntryFields.Id) ? entry.Id : null);
        output.Id(entry.Account);
        output.Id(entry.ApiKey);
        output.Id(entry.Session);
        output.Text(entry.Origin.Span);
        if (entry.Kind.Has(EntryFields.Words))
        {
            output.Text(entry.Words.Span);
        }
    }

    private static SealedEntry Read(
        BlockInput input,
        EntryKind kind,
        ReadOnlyMemory<byte> bytes,
        long at,
        string[] clients
    )
    {
        var client = kind.Has(EntryFields.Client) ? Pick(clients, input.Number()) : null;
        Guid? id = kind.Has(EntryFields.Id) ? input.Id() : null;
        Guid? account = kind.Has(EntryFields.Account) ? input.Id() : null;
        Guid? key = kind.Has(EntryFields.ApiKey) ? input.Id() : null;
        Guid? session = kind.Has(EntryFields.Session) ? input.Id() : null;
        return new SealedEntry
        {
            Kind = kind,
            KindBytes = bytes,
            At = at,
            Client = client,
            Id = id ?? session ?? throw new InvalidDataException("An entry has no id."),
            Account = account,
            ApiKey = key,
            Session = session,
            Origin = input.Text(),
            Words = kind.Has(EntryFields.Words) ? input.Text() : default,
        };
    }

    private static T Pick<T>(T[] all, ulong number) =>
        number < (ulong)all.Length ? all[number] : throw new InvalidDataException("A number is of nothing.");
}
