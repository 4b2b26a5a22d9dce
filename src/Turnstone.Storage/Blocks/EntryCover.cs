using System.Text.Json;
using Turnstone.Model;
using Turnstone.Storage.Directory;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Between an entry as it is shown and as a chain has it. From where somebody acted stands under his key, and what was
/// said about an account under that account's.
/// </summary>
internal sealed class EntryCover(IReadOnlyDictionary<Guid, PersonKey> persons, AgentNumbers agents, RandomSource random)
{
    private const char OriginPart = 'o';
    private const char WordsPart = 'w';

    private readonly Dictionary<EntryKind, byte[]> kinds = [];

    /// <summary>The persons whom an entry names.</summary>
    public static IEnumerable<Guid> PersonsOf(AuditEntry entry) =>
        new[] { Actor(entry), HasWords(entry) ? entry.AccountId : null }.OfType<Guid>();

    public static IEnumerable<Guid> PersonsOf(SealedEntry entry) =>
        new[]
        {
            entry.Kind.OriginSealed ? Actor(entry) : null,
            entry.Kind.WordsSealed ? entry.Account : null,
        }.OfType<Guid>();

    public SealedEntry Seal(AuditEntry entry)
    {
        var id = entry.Id!.Value;
        var session = entry.SessionId?.Value;
        var (origin, originSealed) = Cover(
            entry,
            Actor(entry),
            OriginPart,
            EntryOrigin.Write(entry.Caller.Network, entry.Caller.UserAgent, agents)
        );
        var hasWords = HasWords(entry);
        var (words, wordsSealed) = hasWords
            ? Cover(entry, entry.AccountId, WordsPart, WriteWords(entry))
            : (default, false);
        var kind = new EntryKind
        {
            Event = entry.Event.Text,
            Refused = entry.Refused?.Text,
            Contract = entry.Contract,
            Detail = Erasure.IsOwnText(entry) ? entry.Detail : null,
            Actor = entry.Caller.ActorId,
            OriginSealed = originSealed,
            WordsSealed = wordsSealed,
            Fields =
                Field(EntryFields.Client, entry.ClientId is not null)
                | Field(EntryFields.Id, id != session)
                | Field(EntryFields.Account, entry.AccountId is not null)
                | Field(EntryFields.ApiKey, entry.ApiKeyId is not null)
                | Field(EntryFields.Session, session is not null)
                | Field(EntryFields.Words, hasWords),
        };
        if (!kinds.TryGetValue(kind, out var bytes))
        {
            kinds.Add(kind, bytes = kind.Write());
        }

        return new SealedEntry
        {
            Kind = kind,
            KindBytes = bytes,
            At = Value.OfTime(entry.At),
            Client = entry.ClientId,
            Id = id,
            Account = entry.AccountId,
            ApiKey = entry.ApiKeyId,
            Session = session,
            Origin = origin,
            Words = words,
        };
    }

    /// <exception cref="InvalidDataException">Somebody has changed it.</exception>
    public AuditEntry Open(SealedEntry entry)
    {
        var kind = entry.Kind;
        var (network, agent) = OriginOf(entry);
        var words = Uncover(entry, kind.WordsSealed, entry.Account, WordsPart, entry.Words);
        var (reason, detail) = words is { Length: > 0 } ? ReadWords(words.Value) : (null, null);
        return new AuditEntry
        {
            Id = entry.Id,
            Event = new(kind.Event),
            At = Value.Time(entry.At),
            Caller = Caller.Recorded(network, agent, kind.Actor, reason),
            Refused = kind.Refused is null ? null : new(kind.Refused),
            AccountId = entry.Account,
            ClientId = entry.Client,
            ApiKeyId = entry.ApiKey,
            SessionId = entry.Session is { } session ? new SessionId(session) : null,
            Contract = kind.Contract,
            Detail = kind.Detail ?? detail,
        };
    }

    /// <exception cref="InvalidDataException">Somebody has changed it.</exception>
    public string NetworkOf(SealedEntry entry) => OriginOf(entry).Network;

    private (string Network, string? Agent) OriginOf(SealedEntry entry) =>
        Uncover(entry, entry.Kind.OriginSealed, Actor(entry), OriginPart, entry.Origin) is { } origin
            ? EntryOrigin.Read(origin, agents)
            : (Caller.Erased.Network, null);

    // An operator's command has no person.
    private static Guid? Actor(AuditEntry entry) =>
        entry.Caller.ActorId ?? (entry.Caller.Network == Caller.Operator.Network ? null : entry.AccountId);

    private static Guid? Actor(SealedEntry entry) => entry.Kind.Actor ?? entry.Account;

    private static bool HasWords(AuditEntry entry) =>
        entry.Caller.Reason is not null || (entry.Detail is not null && !Erasure.IsOwnText(entry));

    private static EntryFields Field(EntryFields field, bool has) => has ? field : EntryFields.None;

    // What is from before somebody was forgotten and was not sealed in time is sealed for nobody.
    private (ReadOnlyMemory<byte> Bytes, bool Sealed) Cover(AuditEntry entry, Guid? person, char part, byte[] bytes)
    {
        if (person is null || !persons.TryGetValue(person.Value, out var key))
        {
            return (bytes, false);
        }

        var secret = key.Secret ?? (entry.At < key.ForgottenAt ? random.Bytes(32) : null);
        return secret is null ? (bytes, false) : (Persons.Cover(secret, entry.Id!.Value, part, bytes), true);
    }

    private ReadOnlyMemory<byte>? Uncover(
        SealedEntry entry,
        bool isSealed,
        Guid? person,
        char part,
        ReadOnlyMemory<byte> bytes
    )
    {
        if (!isSealed)
        {
            return bytes;
        }

        // A null of an array would become an empty one.
        return person is { } account && persons.TryGetValue(account, out var key) && key.Secret is { } secret
            ? (ReadOnlyMemory<byte>?)Persons.Cover(secret, entry.Id, part, bytes.Span)
            : null;
    }

    private static byte[] WriteWords(AuditEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(
            [entry.Caller.Reason, Erasure.IsOwnText(entry) ? null : entry.Detail],
            BlockJson.Default.StringArray
        );

    private static (string? Reason, string? Detail) ReadWords(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, BlockJson.Default.StringArray) is [var reason, var detail]
                ? (reason, detail)
                : throw new InvalidDataException("An entry has other words.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException("The words of an entry cannot be read.", problem);
        }
    }
}
