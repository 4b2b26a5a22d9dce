using Turnstone.Directory.Trust;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

public abstract class TrustStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_rule_comes_back_as_it_was_and_with_what_was_noted()
    {
        var client = (await GivenClientAsync()).Id;
        var rule = NewRule(client);
        Assert.True((await Store.Trust.AddAsync(rule, Entry(), Cancel)).IsCommitted);
        Store.Trust.NoteUse(rule.Id, Time.Now, "repo:acme/batch");
        Store.Trust.NoteRefusal(rule.Id, Time.Now, "claim ref=a");

        await CheckAsync();
        await Store.FlushAsync(Cancel);
        await CheckAsync();
        Assert.Empty(await Store.Trust.ListAsync("another", Cancel));

        async Task CheckAsync()
        {
            var found = Assert.Single(await Store.Trust.ListAsync(client, Cancel));
            Assert.True(found.Says(rule));
            Assert.Equal((Time.Now, "repo:acme/batch"), found.Used);
            Assert.Equal((Time.Now, "claim ref=a"), found.Refused);
        }
    }

    [Fact]
    public async Task Of_many_at_once_there_are_never_more_than_there_may_be()
    {
        var client = (await GivenClientAsync()).Id;

        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Store.Trust.AddAsync(NewRule(client), Entry(), Cancel))
        );

        Assert.Equal(TrustRule.Most, receipts.Count(receipt => receipt.IsCommitted));
        Assert.Equal(TrustRule.Most, (await Store.Trust.ListAsync(client, Cancel)).Count);
        Assert.False((await Store.Trust.AddAsync(NewRule("unknown"), Entry(), Cancel)).IsCommitted);
    }

    private TrustRule NewRule(string client) =>
        new()
        {
            Id = NewId(),
            ClientId = client,
            Issuer = "https://token.actions.githubusercontent.com",
            Audience = "https://id.example.test",
            Conditions = [new("repository", "acme/batch"), new("ref", "refs/heads/a=b")],
            CreatedAt = Time.Now,
        };
}

public sealed class TrustStore_on_SQLite(SqliteDatabase database)
    : TrustStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class TrustStore_on_PostgreSQL(PostgresDatabase database)
    : TrustStoreTests(database),
        IClassFixture<PostgresDatabase>;
