using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests.Keys;

public abstract class SigningKeyStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Of_nodes_that_see_the_same_need_one_makes_the_key()
    {
        await using var other = Database.Open();
        var known = await KnownAsync();
        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i =>
                    Task.Run(() =>
                        (i % 2 == 0 ? Store : other).SigningKeys.AddAsync(
                            known,
                            [NewKey(SigningAlgorithm.ES256), NewKey(SigningAlgorithm.RS256)],
                            Entry(AuditEvent.SigningKeyCreated),
                            Cancel
                        )
                    )
                )
        );

        Assert.Single(made, first => first.IsCommitted);
        Assert.Equal(known.Count + 2, (await KnownAsync()).Count);
    }

    [Fact]
    public async Task A_key_is_read_as_it_was_saved_and_removed()
    {
        var key = NewKey(SigningAlgorithm.ES256);
        Assert.True(
            (
                await Store.SigningKeys.AddAsync(await KnownAsync(), [key], Entry(AuditEvent.SigningKeyCreated), Cancel)
            ).IsCommitted
        );
        var retired = key with { Sealed = NewHash(), RetiredAt = Time.Now };
        Assert.True(
            (await Store.SigningKeys.SaveAsync(key, retired, Entry(AuditEvent.SigningKeyRetired), Cancel)).IsCommitted
        );
        Assert.Equivalent(
            retired,
            (await Store.SigningKeys.ListAsync(Cancel)).Single(stored => stored.Kid == key.Kid),
            strict: true
        );

        await Store.SigningKeys.RemoveAsync(key.Kid, Cancel);
        Assert.DoesNotContain(key.Kid, await KnownAsync());
    }

    [Fact]
    public async Task A_save_on_an_older_sight_of_the_key_is_refused_and_undoes_nothing()
    {
        var key = NewKey(SigningAlgorithm.ES256);
        Assert.True(
            (
                await Store.SigningKeys.AddAsync(await KnownAsync(), [key], Entry(AuditEvent.SigningKeyCreated), Cancel)
            ).IsCommitted
        );
        var retired = key with { RetiredAt = Time.Now };
        Assert.True(
            (await Store.SigningKeys.SaveAsync(key, retired, Entry(AuditEvent.SigningKeyRetired), Cancel)).IsCommitted
        );

        Assert.False(
            (await Store.SigningKeys.SaveAsync(key, key with { Sealed = NewHash() }, entry: null, Cancel)).IsCommitted
        );
        Assert.Equivalent(
            retired,
            (await Store.SigningKeys.ListAsync(Cancel)).Single(stored => stored.Kid == key.Kid),
            strict: true
        );
    }

    private SigningKeyRecord NewKey(SigningAlgorithm algorithm) =>
        new($"{NewId():n}", algorithm, NewHash(), Time.Now, Time.Now.AddDays(1));

    private async Task<List<string>> KnownAsync() =>
        [.. (await Store.SigningKeys.ListAsync(Cancel)).Select(key => key.Kid)];
}

public sealed class Signing_keys_on_SQLite(SqliteDatabase database)
    : SigningKeyStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Signing_keys_on_PostgreSQL(PostgresDatabase database)
    : SigningKeyStoreTests(database),
        IClassFixture<PostgresDatabase>;
