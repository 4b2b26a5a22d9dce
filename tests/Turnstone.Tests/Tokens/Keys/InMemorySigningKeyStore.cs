using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>The signing keys over a dictionary; a test can let another node act at the moment before a write.</summary>
internal sealed class InMemorySigningKeyStore : ISigningKeyStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SigningKeyRecord> keys = [];

    public InMemorySigningKeyStore(params IEnumerable<SigningKeyRecord> records)
    {
        foreach (var record in records)
        {
            keys.Add(record.Kid, record);
        }
    }

    public List<AuditEntry> Audit { get; } = [];

    public int Lists { get; private set; }

    /// <summary>Runs once, before the next write.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>Runs once, when the next read has seen what it answers.</summary>
    public Func<Task>? AfterRead { get; set; }

    public IReadOnlyList<SigningKeyRecord> Records
    {
        get
        {
            lock (gate)
            {
                return [.. keys.Values.OrderBy(key => key.SignsFrom)];
            }
        }
    }

    public async Task<IReadOnlyList<SigningKeyRecord>> ListAsync(CancellationToken cancellationToken)
    {
        Lists++;
        await Task.Yield();
        var (seen, others) = (Records, AfterRead);
        AfterRead = null;
        await (others?.Invoke() ?? Task.CompletedTask);
        return seen;
    }

    public async Task<Receipt> AddAsync(
        IReadOnlyList<string> known,
        IReadOnlyList<SigningKeyRecord> added,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        await LetOthersAsync();
        lock (gate)
        {
            if (!keys.Keys.ToHashSet().SetEquals(known))
            {
                return Receipt.Conflict;
            }

            foreach (var key in added)
            {
                keys.Add(key.Kid, key);
            }

            Audit.Add(entry);
            return Receipt.Committed;
        }
    }

    public async Task<Receipt> SaveAsync(
        SigningKeyRecord seen,
        SigningKeyRecord key,
        AuditEntry? entry,
        CancellationToken cancellationToken
    )
    {
        await LetOthersAsync();
        lock (gate)
        {
            if (!keys.TryGetValue(seen.Kid, out var stored) || stored != seen)
            {
                return Receipt.Conflict;
            }

            keys[key.Kid] = key;
            if (entry is not null)
            {
                Audit.Add(entry);
            }

            return Receipt.Committed;
        }
    }

    public Task RemoveAsync(string kid, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            keys.Remove(kid);
        }

        return Task.CompletedTask;
    }

    /// <summary>What someone with the database could do.</summary>
    public void Overwrite(string kid, Func<SigningKeyRecord, SigningKeyRecord> change)
    {
        lock (gate)
        {
            keys[kid] = change(keys[kid]);
        }
    }

    private Task LetOthersAsync()
    {
        var others = BeforeWrite;
        BeforeWrite = null;
        return others?.Invoke() ?? Task.CompletedTask;
    }
}
