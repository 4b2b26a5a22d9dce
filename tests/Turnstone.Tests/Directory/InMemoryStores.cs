using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Directory;

/// <summary>
/// What the tests of credentials share: a clock, a master key, and the store contracts over dictionaries, with the
/// number of questions they were asked.
/// </summary>
public abstract class CredentialTest
{
    protected static readonly Caller Caller = new("192.0.2.7", "curl/8.5");

    protected static RandomSource Random => RandomSource.System;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new();

    protected MasterKeyRing Keys { get; } = new(new MasterKey(RandomSource.System.Bytes(MasterKey.Size)));

    protected Guid Ada { get; } = RandomSource.System.NewId(DateTimeOffset.UnixEpoch);

    protected Guid Bob { get; } = RandomSource.System.NewId(DateTimeOffset.UnixEpoch);

    protected static Scopes ReadScope { get; } = Scopes.Of(["individuals.read"]);
}

internal sealed class StoreChanges : IStoreChanges
{
    private readonly List<Action<StoreChange>> hearers = [];

    public IDisposable Subscribe(Action<StoreChange> heard)
    {
        hearers.Add(heard);
        return new Leaving(() => hearers.Remove(heard));
    }

    public void Tell(ChangeKind kind, params RevokedSession[] ended) =>
        hearers.ForEach(heard => heard(new StoreChange(kind, ended)));

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}

internal sealed class ApiKeyStore : IApiKeyStore
{
    private readonly Dictionary<Guid, ApiKey> keys = [];

    public int Lookups { get; private set; }

    public List<AuditEntry> Audit { get; } = [];

    public Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(keys.GetValueOrDefault(id));

    public Task<ApiKey?> FindByHashAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken)
    {
        Lookups++;
        return Task.FromResult(
            keys.Values.FirstOrDefault(key => hashes.Any(hash => hash.AsSpan().SequenceEqual(key.Hash)))
        );
    }

    public Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ApiKey>>([.. keys.Values.Where(key => key.AccountId == accountId)]);

    public Task<Receipt> SaveAsync(ApiKey key, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (keys.Values.Any(other => other.Id != key.Id && other.Hash.AsSpan().SequenceEqual(key.Hash)))
        {
            return Task.FromResult(Receipt.Conflict);
        }

        if (keys.TryGetValue(key.Id, out var stored) && stored.Revision != key.Revision)
        {
            return Task.FromResult(Receipt.Conflict);
        }

        keys[key.Id] = key with { Revision = key.Revision + 1 };
        Audit.Add(entry);
        return Task.FromResult(Receipt.Committed);
    }

    public Task<Receipt> RollAsync(ApiKey old, ApiKey successor, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (keys[old.Id] is { RevokedAt: not null } or { SuccessorId: not null })
        {
            return Task.FromResult(Receipt.Conflict);
        }

        (keys[old.Id], keys[successor.Id]) = (old, successor);
        Audit.Add(entry);
        return Task.FromResult(Receipt.Committed);
    }

    public Task<IReadOnlyList<ApiKey>> ToWarnAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<ApiKey>>([
            .. keys
                .Values.Where(key => key.RevokedAt is null && key.FreezesAt < before && key.WarnedFor != key.FreezesAt)
                .Take(limit),
        ]);

    public Task<Receipt> NoteWarnedAsync(Guid id, DateTimeOffset freezesAt, CancellationToken cancellationToken)
    {
        var first = keys[id].WarnedFor != freezesAt;
        keys[id] = keys[id] with { WarnedFor = freezesAt };
        return Task.FromResult(first ? Receipt.Committed : Receipt.Conflict);
    }

    public void NoteUse(Guid id, DateTimeOffset at, string network) =>
        keys[id] = keys[id] with { LastUsedAt = at, LastUsedFrom = network };
}

internal sealed class ClientStore : IClientStore
{
    private readonly Dictionary<string, Client> clients = [];

    public int Lookups { get; private set; }

    public List<AuditEntry> Audit { get; } = [];

    public Task<Client?> FindAsync(string id, CancellationToken cancellationToken)
    {
        Lookups++;
        return Task.FromResult(clients.GetValueOrDefault(id));
    }

    public Task<IReadOnlyList<Client>> ListAsync(Guid? ownerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Client>>([
            .. clients.Values.Where(client => ownerId is null || client.OwnerId == ownerId),
        ]);

    public Task<Receipt> SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (clients.TryGetValue(client.Id, out var stored) && stored.Revision != client.Revision)
        {
            return Task.FromResult(Receipt.Conflict);
        }

        clients[client.Id] = client with { Revision = client.Revision + 1 };
        Audit.Add(entry);
        return Task.FromResult(Receipt.Committed);
    }
}

internal sealed class SubscriptionStore : ISubscriptionStore
{
    private readonly Dictionary<string, Product> products = [];
    private readonly Dictionary<Guid, Subscription> subscriptions = [];

    public int Lookups { get; private set; }

    public List<AuditEntry> Audit { get; } = [];

    public Task<Product?> FindProductAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(products.GetValueOrDefault(name));

    public Task<Product?> FindProductAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(products.Values.FirstOrDefault(product => product.Id == id));

    public Task<IReadOnlyList<Subscription>> ListAsync(
        SubscriptionState state,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<Subscription>>([
            .. subscriptions.Values.Where(s => s.State == state).Take(limit),
        ]);

    public Task<IReadOnlyList<Product>> ListProductsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Product>>([.. products.Values]);

    public Task<Receipt> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken)
    {
        products[product.Name] = product;
        return Task.FromResult(Receipt.Committed);
    }

    public Task<Subscription?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(subscriptions.GetValueOrDefault(id));

    public Task<Subscription?> FindByKeyAsync(IReadOnlyList<byte[]> keyHashes, CancellationToken cancellationToken)
    {
        Lookups++;
        return Task.FromResult(
            subscriptions.Values.FirstOrDefault(s =>
                keyHashes.Any(hash =>
                    hash.AsSpan().SequenceEqual(s.PrimaryKeyHash) || hash.AsSpan().SequenceEqual(s.SecondaryKeyHash)
                )
            )
        );
    }

    public Task<IReadOnlyList<Subscription>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Subscription>>([.. subscriptions.Values.Where(s => s.AccountId == accountId)]);

    public Task<Receipt> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken)
    {
        subscriptions[subscription.Id] = subscription;
        Audit.Add(entry);
        return Task.FromResult(Receipt.Committed);
    }
}

internal sealed class CodeStore : ICodeStore
{
    private readonly List<OneTimeCode> codes = [];

    public int Lookups { get; private set; }

    public List<AuditEntry> Audit { get; } = [];

    public Task AddAsync(OneTimeCode code, AuditEntry entry, CancellationToken cancellationToken)
    {
        codes.Add(code);
        Audit.Add(entry);
        return Task.CompletedTask;
    }

    public Task<OneTimeCode?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken)
    {
        Lookups++;
        return Task.FromResult(codes.Find(code => hashes.Any(hash => hash.AsSpan().SequenceEqual(code.Hash))));
    }

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(codes.RemoveAll(code => code.ExpiresAt < before));
}

internal sealed class AccountStore : IAccountStore
{
    private readonly ConcurrentDictionary<string, Account> accounts = new();

    public int Rehashes { get; private set; }

    public void Add(Account account) => accounts[account.NormalizedEmail] = account;

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        Task.FromResult(accounts.GetValueOrDefault(normalizedEmail));

    public Task<Receipt> RehashAsync(Guid id, string oldHash, string newHash, CancellationToken cancellationToken)
    {
        var account = accounts.Values.Single(a => a.Id == id);
        if (account.PasswordHash != oldHash)
        {
            return Task.FromResult(Receipt.Conflict);
        }

        Rehashes++;
        account.PasswordHash = newHash;
        return Task.FromResult(Receipt.Committed);
    }

    public Task<Receipt> CreateAsync(Account account, AuditEntry entry, CancellationToken cancellationToken) =>
        Task.FromResult(accounts.TryAdd(account.NormalizedEmail, account) ? Receipt.Committed : Receipt.Conflict);

    // The rest is Identity's, and is tested with the real store.
    public Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Receipt> SaveAsync(
        Account account,
        string newStamp,
        AuditEntry? entry,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Account>> ListAsync(
        string? emailContains,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Account>> AdministratorsAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<int> SweepUnconfirmedAsync(DateTimeOffset madeBefore, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Passkey>> PasskeysAsync(Guid accountId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Passkey?> FindPasskeyAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SavePasskeyAsync(Passkey passkey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task RemovePasskeyAsync(Guid accountId, byte[] credentialId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

internal sealed class AuditLog : IAuditLog
{
    public List<AuditEntry> Entries { get; } = [];

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        Entries.Add(entry);
        return Task.CompletedTask;
    }

    public void NoteIssue(AuditEntry entry) => Entries.Add(entry);

    public Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditEntry>>(Entries);

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(0);
}
