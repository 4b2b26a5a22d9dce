using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

public abstract class ApiStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task An_API_is_read_as_it_was_saved_and_changed()
    {
        var api = NewApi("a") with
        {
            Offered = true,
            AccessLifetime = TimeSpan.FromMinutes(5),
            Algorithm = SigningAlgorithm.RS256,
            IntrospectsAs = "the-api",
        };
        Assert.True((await SaveAsync(api)).IsCommitted);
        Assert.Equivalent(api with { Revision = 1 }, await Store.Apis.FindAsync(api.Id, Cancel), strict: true);

        var changed = NewApi("b") with { Id = api.Id, Identifier = api.Identifier, Revision = 1 };
        Assert.True((await SaveAsync(changed)).IsCommitted);
        Assert.Equivalent(
            changed with
            {
                Revision = 2,
                FormerScopes = api.ScopeNames,
            },
            Assert.Single(await Store.Apis.ListAsync(Cancel), one => one.Id == api.Id),
            strict: true
        );
        Assert.Null(await Store.Apis.FindAsync("nobody", Cancel));
        Assert.NotEmpty(await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.ApiChanged }, Cancel));
    }

    [Fact]
    public async Task A_scope_that_an_API_had_is_no_other_ones_and_its_own_to_take_back()
    {
        var api = NewApi("a");
        Assert.True((await SaveAsync(api)).IsCommitted);
        var without = api with { Scopes = [Scope($"{api.Id}.new")], Revision = 1 };
        Assert.True((await SaveAsync(without)).IsCommitted);
        Assert.True((await SaveAsync(without with { Name = "later", Revision = 2 })).IsCommitted);

        Assert.Equal(ReceiptKind.Conflict, (await SaveAsync(NewApi("b") with { Scopes = api.Scopes })).Kind);
        Assert.Equal(api.ScopeNames, (await Store.Apis.FindAsync(api.Id, Cancel))!.FormerScopes);
        Assert.True((await SaveAsync(api with { Revision = 3 })).IsCommitted);
        Assert.Equal(Scopes.Of([$"{api.Id}.new"]), (await Store.Apis.FindAsync(api.Id, Cancel))!.FormerScopes);
    }

    [Fact]
    public async Task Neither_an_identifier_nor_a_scope_is_of_two_and_an_older_one_replaces_nothing()
    {
        var api = NewApi("a");
        Assert.True((await SaveAsync(api)).IsCommitted);

        Api[] refused =
        [
            NewApi("b") with
            {
                Identifier = api.Identifier,
            },
            NewApi("b") with
            {
                Scopes = [Scope($"{api.Id}.c"), api.Scopes[0]],
            },
            api with
            {
                Name = "an old one",
            },
            api with
            {
                Name = "one of the future",
                Revision = 2,
            },
            api with
            {
                Identifier = "https://other.example.test",
                Revision = 1,
            },
        ];
        foreach (var one in refused)
        {
            Assert.Equal(ReceiptKind.Conflict, (await SaveAsync(one)).Kind);
        }

        Assert.Equivalent(api with { Revision = 1 }, await Store.Apis.FindAsync(api.Id, Cancel), strict: true);
    }

    [Fact]
    public async Task Of_many_that_want_one_scope_at_once_one_gets_it()
    {
        var scope = Scope($"wanted-{NewId():n}");
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => SaveAsync(NewApi("a") with { Scopes = [scope] }))
        );

        Assert.Single(receipts, receipt => receipt.IsCommitted);
    }

    private Task<Receipt> SaveAsync(Api api) => Store.Apis.SaveAsync(api, Entry(AuditEvent.ApiChanged), Cancel);

    private Api NewApi(string scope)
    {
        var id = $"api-{NewId():n}";
        return new()
        {
            Id = id,
            Identifier = $"https://{id}.example.test/v1",
            Name = "An API",
            Scopes = [Scope($"{id}.{scope}")],
            CreatedAt = Time.Now,
        };
    }

    private static ApiScope Scope(string name) =>
        new(name, new Dictionary<string, string> { ["en"] = "\"<Read>\"", ["de"] = "„Öffnen“" });
}

public sealed class ApiStore_on_SQLite(SqliteDatabase database)
    : ApiStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class ApiStore_on_PostgreSQL(PostgresDatabase database)
    : ApiStoreTests(database),
        IClassFixture<PostgresDatabase>;
