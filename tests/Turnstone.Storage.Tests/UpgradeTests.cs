using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests;

public abstract class UpgradeTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_store_of_the_first_version_is_brought_up_with_everything_in_it()
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = await Database.CreateAsync() },
            Time,
            RandomSource.System
        );
        var first = new FirstVersion(store.Engine);
        await first.CreateAsync(Cancel);
        var account = NewAccount();
        account.AuthenticatorKey = NewHash();
        var product = new Product(NewId(), "persons", true, Time.Now);
        var subscription = NewSubscription(account, product);
        var key = NewApiKey(account.Id) with { FreezesAt = Time.Now.AddDays(7) };
        var code = new OneTimeCode
        {
            Hash = NewHash(),
            Contract = "oauth",
            AccountId = account.Id,
            AccountEpoch = 0,
            ClientId = "shop",
            ExpiresAt = Time.Now.AddMinutes(1),
        };
        var client = new Client
        {
            Id = "shop",
            Name = "Shop",
            CreatedAt = Time.Now,
            Epoch = 3,
        };
        var session = NewSession(account.Id, "shop");
        var entry = Entry(AuditEvent.Login, account.Id) with { Id = NewId(), Detail = "before" };
        await first.AddAsync(account, Cancel);
        await first.AddAsync(product, Cancel);
        await first.AddAsync(subscription, Cancel);
        await first.AddAsync(key, Cancel);
        await first.AddAsync(code, Cancel);
        await first.AddAsync(client, Cancel);
        await first.AddAsync(session, Cancel);
        await first.AddAsync(entry, Cancel);
        Assert.Equal(1, (await store.Migrations.StatusAsync(Cancel)).Applied);

        // A number may be left out, so the files are counted.
        var files = typeof(Store).Assembly.GetManifestResourceNames().Length;
        Assert.Equal(files - 1, await store.Migrations.ApplyAsync(Cancel));

        Assert.Equal(0, (await store.Migrations.StatusAsync(Cancel)).Pending);
        Assert.Equivalent(account, await store.Accounts.FindAsync(account.Id, Cancel), strict: true);
        Assert.Equal(product, await store.Subscriptions.FindProductAsync("persons", Cancel));
        Assert.Equivalent(
            subscription with
            {
                Revision = 1,
            },
            await store.Subscriptions.FindByKeyAsync([subscription.SecondaryKeyHash], Cancel),
            strict: true
        );
        Assert.Equivalent(key with { Revision = 1 }, await store.ApiKeys.FindAsync(key.Id, Cancel), strict: true);
        Assert.Equivalent(
            client with
            {
                Revision = 1,
                PredatesPkce = true,
            },
            await store.Clients.FindAsync("shop", Cancel),
            strict: true
        );
        Assert.Equivalent(code, await store.Codes.FindAsync([code.Hash], Cancel), strict: true);
        Assert.Equal(
            entry,
            Assert.Single(await store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id }, Cancel))
        );
        Assert.Equivalent(session, await store.Sessions.FindAsync(session.Id, Cancel), strict: true);
        await WorksAsync(store, account, key, session);
    }

    // What the new version does with what the old one wrote.
    private async Task WorksAsync(Store store, Account account, ApiKey key, Session session)
    {
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0, store)).Kind);
        Assert.Equal(key.Id, Assert.Single(await store.ApiKeys.ToWarnAsync(Time.Now.AddDays(14), 10, Cancel)).Id);
        await store.Consents.GiveAsync(
            new Consent(account.Id, "shop", "oauth", Scopes.Of(["openid"]), Time.Now),
            Scopes.None,
            Entry(AuditEvent.ConsentGiven),
            Cancel
        );
        Assert.Equal(
            1,
            (await store.Consents.WithdrawAsync(account.Id, "shop", Entry(AuditEvent.ConsentWithdrawn), Cancel))
                .EndedCount
                .Number
        );
        account.LastTotpStep = 59_000_000;
        Assert.True(
            (await store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel)).IsCommitted
        );
        Assert.Equivalent(
            account,
            await store.Accounts.FindByEmailAsync(account.NormalizedEmail, Cancel),
            strict: true
        );
    }

    private Subscription NewSubscription(Account account, Product product) =>
        new()
        {
            Id = NewId(),
            AccountId = account.Id,
            ProductId = product.Id,
            State = SubscriptionState.Active,
            PrimaryKeyHash = NewHash(),
            SecondaryKeyHash = NewHash(),
            CreatedAt = Time.Now,
        };
}

public sealed class Upgrade_on_SQLite(SqliteDatabase database) : UpgradeTests(database), IClassFixture<SqliteDatabase>;

public sealed class Upgrade_on_PostgreSQL(PostgresDatabase database)
    : UpgradeTests(database),
        IClassFixture<PostgresDatabase>;
