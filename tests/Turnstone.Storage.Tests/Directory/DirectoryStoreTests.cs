using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

public abstract class DirectoryStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Products_are_found_by_name_and_listed()
    {
        var product = await GivenProductAsync();
        await Store.Subscriptions.SaveProductAsync(
            product with
            {
                ApprovalRequired = false,
            },
            Entry(AuditEvent.ProductChanged),
            Cancel
        );

        Assert.Equal(
            product with
            {
                ApprovalRequired = false,
            },
            await Store.Subscriptions.FindProductAsync(product.Name, Cancel)
        );
        Assert.Contains(await Store.Subscriptions.ListProductsAsync(Cancel), listed => listed.Id == product.Id);
        Assert.Null(await Store.Subscriptions.FindProductAsync("nothing", Cancel));
    }

    [Fact]
    public async Task A_code_is_found_as_it_was_added_and_swept_after_its_end()
    {
        var code = new OneTimeCode
        {
            Hash = NewHash(),
            Contract = "oauth",
            AccountId = NewId(),
            AccountEpoch = 7,
            ClientId = "shop",
            RedirectUri = "http://127.0.0.1/cb",
            Challenge = "abc",
            Scopes = Scopes.Of(["openid"]),
            KeyThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            IdTokenClaims = ["email", "email_verified"],
            ExpiresAt = Time.Now.AddMinutes(1),
        };
        await Store.Codes.AddAsync(code, Entry(AuditEvent.CodeMinted), Cancel);

        Assert.Equivalent(code, await Store.Codes.FindAsync([code.Hash], Cancel), strict: true);
        Assert.Equal(0, await Store.Codes.SweepAsync(Time.Now, 10, Cancel));
        Assert.Equal(1, await Store.Codes.SweepAsync(Time.Now.AddMinutes(2), 10, Cancel));
        Assert.Null(await Store.Codes.FindAsync([code.Hash], Cancel));
    }

    [Fact]
    public async Task A_sector_keeps_the_salt_that_it_got_first()
    {
        var sector = $"{NewId()}.example.test";

        var salts = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Store.Sectors.SaltAsync(sector, NewHash(), Cancel))
        );

        Assert.All(salts, salt => Assert.Equal(salts[0], salt));
        Assert.NotEqual(salts[0], await Store.Sectors.SaltAsync("other.example.test", NewHash(), Cancel));
    }
}

public sealed class Directory_on_SQLite(SqliteDatabase database)
    : DirectoryStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Directory_on_PostgreSQL(PostgresDatabase database)
    : DirectoryStoreTests(database),
        IClassFixture<PostgresDatabase>;
