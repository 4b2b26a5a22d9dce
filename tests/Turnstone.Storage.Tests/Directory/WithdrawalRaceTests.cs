using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>
/// A withdrawal that has returned holds against whatever was under way: an exchange of a code, a company that acts for
/// its user.
/// </summary>
public abstract class WithdrawalRaceTests(TestDatabase database) : StoreTest(database)
{
    private const string Client = "shop";
    private const int Parallel = 64;
    private const int Rounds = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task No_code_gives_a_session_that_outlives_the_withdrawal(bool withdrawalFirst) =>
        RaceAsync(
            withdrawalFirst,
            async account =>
            {
                var codes = await Task.WhenAll(
                    Enumerable.Range(0, Parallel).Select(_ => GivenCodeAsync(account, Client))
                );
                return [.. codes.Select(code => new Preconditions { CodeHash = code.Hash })];
            }
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task No_company_opens_a_session_for_its_user_that_outlives_the_withdrawal(bool withdrawalFirst) =>
        RaceAsync(
            withdrawalFirst,
            async account =>
            {
                var letIn = await GivenSessionAsync(account.Id, Client);
                return
                [
                    .. Enumerable.Repeat(
                        new Preconditions { Account = (account.Id, account.Epoch), LetInBy = letIn.Id },
                        Parallel
                    ),
                ];
            }
        );

    private async Task RaceAsync(bool withdrawalFirst, Func<Account, Task<List<Preconditions>>> prepare)
    {
        await using var other = Database.Open();
        await other.PingAsync(Cancel);
        for (var round = 0; round < Rounds; round++)
        {
            var account = await GivenAccountAsync();
            await Store.Consents.GiveAsync(
                new Consent(account.Id, Client, "oauth", Scopes.Of(["openid"]), Time.Now),
                Scopes.None,
                Entry(AuditEvent.ConsentGiven),
                Cancel
            );
            var vouchers = await prepare(account);
            var early = withdrawalFirst ? WithdrawAsync(account) : null;
            var opening = vouchers
                .Select((voucher, i) => Task.Run(() => OpenAsync(i % 2 == 0 ? Store : other, account, voucher)))
                .ToList();
            if (!withdrawalFirst)
            {
                await Task.WhenAny(opening);
            }

            Assert.True(await (early ?? WithdrawAsync(account)));
            Assert.Empty(await LiveAsync(account));
            await Task.WhenAll(opening);
            Assert.Empty(await LiveAsync(account));
        }
    }

    private Task<bool> OpenAsync(Store store, Account account, Preconditions vouchers) =>
        CommittedAsync(store.Sessions.OpenAsync(NewSession(account.Id, Client), vouchers, Entry(), Cancel));

    private Task<bool> WithdrawAsync(Account account) =>
        CommittedAsync(Store.Consents.WithdrawAsync(account.Id, Client, Entry(AuditEvent.ConsentWithdrawn), Cancel));

    private Task<IReadOnlyList<Session>> LiveAsync(Account account) =>
        Store.Sessions.ListAsync(SessionHolder.Account(account.Id), 100, Cancel);
}

public sealed class Withdrawal_race_on_SQLite(SqliteDatabase database)
    : WithdrawalRaceTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Withdrawal_race_on_PostgreSQL(PostgresDatabase database)
    : WithdrawalRaceTests(database),
        IClassFixture<PostgresDatabase>;
