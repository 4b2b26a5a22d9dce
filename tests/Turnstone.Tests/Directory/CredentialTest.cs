using Microsoft.Extensions.Time.Testing;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Directory;

/// <summary>
/// What the tests of credentials share: a clock, a master key, two accounts, and a real store in a file of its own.
/// </summary>
public abstract class CredentialTest : IAsyncLifetime
{
    protected static readonly Caller Caller = new("192.0.2.7", "curl/8.5");

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-core-").FullName;

    protected CredentialTest() =>
        Store = Store.Open(
            new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "core.db")}" },
            Time,
            Random
        );

    protected static RandomSource Random => RandomSource.System;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new();

    protected Store Store { get; }

    protected MasterKeyRing Keys { get; } = new(new MasterKey(RandomSource.System.Bytes(MasterKey.Size)));

    protected Guid Ada { get; private set; }

    protected Guid Bob { get; private set; }

    protected static Scopes ReadScope { get; } = Scopes.Of(["individuals.read"]);

    protected AuditEntry Entry =>
        new()
        {
            Event = AuditEvent.AccountChanged,
            At = Time.Now,
            Caller = Caller,
        };

    public async ValueTask InitializeAsync()
    {
        await Store.Migrations.ApplyAsync(Cancel);
        Ada = (await GivenAccountAsync("ada@customer.test")).Id;
        Bob = (await GivenAccountAsync("bob@customer.test")).Id;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>An account that is stored.</summary>
    protected async Task<Account> GivenAccountAsync(string email, Action<Account>? change = null)
    {
        var account = NewAccount.For(email, Random, Time.Now);
        change?.Invoke(account);
        Assert.True((await Store.Accounts.CreateAsync(account, Entry, Cancel)).IsCommitted);
        return account;
    }
}
