using Turnstone.Directory.Trust;

namespace Turnstone.Storage.Tests.Directory;

public abstract class IdentityProviderStoreTests(TestDatabase database) : StoreTest(database)
{
    private const string Issuer = "https://idp.example.test";

    [Fact]
    public async Task A_provider_comes_back_as_it_was_last_saved()
    {
        Assert.True((await Store.IdentityProviders.SaveAsync(New("a.test"), Entry(), Cancel)).IsCommitted);
        Assert.True((await Store.IdentityProviders.SaveAsync(New("a.test", "b.test"), Entry(), Cancel)).IsCommitted);

        Assert.True((await Store.IdentityProviders.FindAsync(Issuer, Cancel))?.Says(New("b.test", "a.test")));
        Assert.Null(await Store.IdentityProviders.FindAsync($"{Issuer}/", Cancel));
    }

    [Fact]
    public async Task A_subject_is_linked_to_one_account_however_many_link_it_at_once()
    {
        var accounts = Enumerable.Range(0, 8).Select(_ => NewId()).ToList();

        var receipts = await Task.WhenAll(
            accounts.Select(account => Store.IdentityProviders.LinkAsync(Issuer, "ada", account, Entry(), Cancel))
        );

        var linked = await Store.IdentityProviders.PersonAsync(Issuer, "ada", Cancel);
        Assert.Equal(1, receipts.Count(receipt => receipt.IsCommitted));
        Assert.Equal(accounts[Array.FindIndex(receipts, receipt => receipt.IsCommitted)], linked);
        Assert.True(
            (await Store.IdentityProviders.LinkAsync(Issuer, "ada", linked!.Value, Entry(), Cancel)).IsCommitted
        );
        Assert.Null(await Store.IdentityProviders.PersonAsync("https://other.test", "ada", Cancel));
    }

    private static IdentityProvider New(params string[] domains) =>
        new()
        {
            Issuer = Issuer,
            Domains = [.. domains],
            Clients = ["agent"],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
}

public sealed class IdentityProviderStore_on_SQLite(SqliteDatabase database)
    : IdentityProviderStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class IdentityProviderStore_on_PostgreSQL(PostgresDatabase database)
    : IdentityProviderStoreTests(database),
        IClassFixture<PostgresDatabase>;
