using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>Sign-ups that nobody has confirmed for a month.</summary>
public abstract class UnconfirmedSweepTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Only_old_accounts_that_nobody_confirmed_and_that_own_nothing_are_removed_a_few_at_a_time()
    {
        var forgotten = await ForgottenAsync(5);
        List<Account> kept =
        [
            await GivenAsync(account => account.EmailConfirmed = true),
            await GivenAsync(account => account.Administrator = true),
            await GivenAsync(account => account.DisabledAt = Time.Now),
            .. await OwnersAsync(),
        ];
        Time.Advance(TimeSpan.FromDays(31));
        kept.Add(await GivenAccountAsync());

        var before = Time.Now.AddDays(-30);
        Assert.Equal(3, await Store.Accounts.SweepUnconfirmedAsync(before, 3, Cancel));
        Assert.Equal(2, await Store.Accounts.SweepUnconfirmedAsync(before, 3, Cancel));
        Assert.Equal(0, await Store.Accounts.SweepUnconfirmedAsync(before, 3, Cancel));

        foreach (var account in forgotten)
        {
            Assert.Null(await Store.Accounts.FindAsync(account.Id, Cancel));
        }

        foreach (var account in kept)
        {
            Assert.NotNull(await Store.Accounts.FindAsync(account.Id, Cancel));
        }
    }

    private async Task<List<Account>> ForgottenAsync(int count)
    {
        List<Account> all = [];
        while (all.Count < count)
        {
            all.Add(await GivenAccountAsync());
        }

        return all;
    }

    private async Task<Account> GivenAsync(Action<Account> change)
    {
        var account = NewAccount();
        change(account);
        Assert.True((await Store.Accounts.CreateAsync(account, Entry(), Cancel)).IsCommitted);
        return account;
    }

    private async Task<List<Account>> OwnersAsync()
    {
        List<Account> all =
        [
            await GivenAccountAsync(),
            await GivenAccountAsync(),
            await GivenAccountAsync(),
            await GivenAccountAsync(),
            await GivenAccountAsync(),
        ];
        await Store.Accounts.SavePasskeyAsync(new Passkey(NewHash(), all[0].Id, "{}", Time.Now), Cancel);
        await Store.Clients.SaveAsync(await GivenClientAsync() with { OwnerId = all[1].Id }, Entry(), Cancel);
        await GivenSessionAsync(all[2].Id);
        await GivenApiKeyAsync(all[3].Id);
        await Store.Consents.GiveAsync(
            new Consent(all[4].Id, "shop", "oauth2", Scopes.Of(["openid"]), Time.Now),
            Scopes.None,
            Entry(),
            Cancel
        );
        all.Add((await Store.Accounts.FindAsync((await GivenSubscriptionAsync()).AccountId, Cancel))!);
        return all;
    }
}

public sealed class Unconfirmed_sweep_on_SQLite(SqliteDatabase database)
    : UnconfirmedSweepTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Unconfirmed_sweep_on_PostgreSQL(PostgresDatabase database)
    : UnconfirmedSweepTests(database),
        IClassFixture<PostgresDatabase>;
