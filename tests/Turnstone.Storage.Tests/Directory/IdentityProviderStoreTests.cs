using Turnstone.Directory.Trust;

namespace Turnstone.Storage.Tests.Directory;

public abstract class IdentityProviderStoreTests(TestDatabase database) : StoreTest(database)
{
    private const string Issuer = "https://idp.example.test";

    [Fact]
    public async Task A_provider_comes_back_as_it_was_last_saved()
    {
        Assert.True((await Store.IdentityProviders.SaveAsync(New("a.test"), Entry(), Cancel)).IsCommitted);
        var second = New("a.test", "b.test") with { Revision = 1 };
        Assert.True((await Store.IdentityProviders.SaveAsync(second, Entry(), Cancel)).IsCommitted);

        // Who has not seen the second undoes nothing of it.
        Assert.False((await Store.IdentityProviders.SaveAsync(second, Entry(), Cancel)).IsCommitted);
        Assert.False((await Store.IdentityProviders.SaveAsync(New("c.test"), Entry(), Cancel)).IsCommitted);
        Assert.Equal(2, (await Store.IdentityProviders.FindAsync(Issuer, Cancel))?.Revision);

        Assert.True((await Store.IdentityProviders.FindAsync(Issuer, Cancel))?.Says(New("b.test", "a.test")));
        Assert.Null(await Store.IdentityProviders.FindAsync($"{Issuer}/", Cancel));
    }

    [Fact]
    public async Task It_is_listed_with_what_was_noted_and_its_people_stay_known_when_it_is_removed()
    {
        const string Own = "https://seen.idp.example.test";
        var person = NewId();
        var provider = New("a.test") with { Issuer = Own };
        Assert.True((await Store.IdentityProviders.SaveAsync(provider, Entry(), Cancel)).IsCommitted);
        await Store.IdentityProviders.LinkAsync(Own, "ada", person, Entry(), Cancel);
        Store.IdentityProviders.NoteUse(Own, Time.Now, "ada");
        Store.IdentityProviders.NoteRefusal(Own, Time.Now, "person ben");

        await CheckAsync();
        await Store.FlushAsync(Cancel);
        await CheckAsync();

        Assert.True((await Store.IdentityProviders.RemoveAsync(Own, Entry(), Cancel)).IsCommitted);
        Assert.False((await Store.IdentityProviders.RemoveAsync(Own, Entry(), Cancel)).IsCommitted);
        Assert.Null(await Store.IdentityProviders.FindAsync(Own, Cancel));
        Assert.Equal(person, await Store.IdentityProviders.PersonAsync(Own, "ada", Cancel));

        async Task CheckAsync()
        {
            var one = Assert.Single(await Store.IdentityProviders.ListAsync(Cancel), one => one.Issuer == Own);
            Assert.Equal(((Time.Now, "ada"), (Time.Now, "person ben")), (one.Used!.Value, one.Refused!.Value));
        }
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
