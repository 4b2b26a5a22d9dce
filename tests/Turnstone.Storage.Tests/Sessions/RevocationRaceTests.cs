using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>A revocation beside requests that come at the same time, on two nodes.</summary>
public abstract class RevocationRaceTests(TestDatabase database) : StoreTest(database)
{
    private const int Rounds = 30;

    [Fact]
    public Task Nothing_is_issued_after_a_revocation_has_returned() =>
        RaceRefreshAsync(
            (session, _) =>
                Store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(AuditEvent.SessionRevoked), Cancel)
        );

    [Fact]
    public Task Nothing_is_issued_after_everything_of_an_account_was_revoked() =>
        RaceRefreshAsync((_, account) => RevokeAllAsync(account));

    [Fact]
    public Task Nothing_is_issued_after_a_password_change_has_returned() =>
        RaceRefreshAsync((_, account) => ChangePasswordAsync(account));

    [Fact]
    public Task No_session_opens_across_a_revocation_of_everything() => RaceOpenAsync(RevokeAllAsync);

    [Fact]
    public Task No_session_opens_across_a_password_change() => RaceOpenAsync(ChangePasswordAsync);

    private Task RevokeAllAsync(Account account) =>
        Store.Sessions.EndAllAsync(
            SessionHolder.Account(account.Id),
            RevocationReason.ByOwner,
            Entry(AuditEvent.SessionsRevoked),
            Cancel
        );

    private async Task ChangePasswordAsync(Account account)
    {
        account.PasswordHash = "$argon2id$second";
        Assert.True(
            (await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.PasswordChanged), Cancel)).IsCommitted
        );
    }

    private async Task RaceRefreshAsync(Func<Session, Account, Task> revoke)
    {
        await using var other = Database.Open();
        for (var round = 0; round < Rounds; round++)
        {
            var account = await GivenAccountAsync();
            var session = await GivenSessionAsync(account.Id);
            var client = Task.Run(() => RefreshUntilRefusedAsync(session, other));
            while ((await Store.Sessions.FindAsync(session.Id, Cancel))!.Generation < 3)
            {
                await Task.Yield();
            }

            await revoke(session, account);
            var last = (await Store.Sessions.FindAsync(session.Id, Cancel))!;

            Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, last.Generation)).Kind);
            Assert.Equal(last.Generation, await client);
            Assert.Equal(last.Generation, (await Store.Sessions.FindAsync(session.Id, Cancel))!.Generation);
            Assert.NotNull(last.RevokedAt);
        }
    }

    private async Task<uint> RefreshUntilRefusedAsync(Session session, Store store)
    {
        for (uint generation = 0; ; )
        {
            var decision = await RefreshAsync(session, generation, store);
            if (decision.Kind is RotationKind.Revoked)
            {
                return generation;
            }

            generation = decision.Session!.Generation;
        }
    }

    private async Task RaceOpenAsync(Func<Account, Task> withdraw)
    {
        await using var other = Database.Open();
        for (var round = 0; round < Rounds; round++)
        {
            var account = await GivenAccountAsync();
            var vouchers = new Preconditions { Account = (account.Id, account.Epoch) };
            var opening = Enumerable
                .Range(0, 8)
                .Select(i =>
                    Task.Run(() =>
                        (i % 2 == 0 ? Store : other).Sessions.OpenAsync(
                            NewSession(account.Id),
                            vouchers,
                            Entry(),
                            Cancel
                        )
                    )
                )
                .ToList();

            await withdraw(account);
            await Task.WhenAll(opening);

            Assert.Empty(await Store.Sessions.ListAsync(SessionHolder.Account(account.Id), 100, Cancel));
            Assert.False(
                (await Store.Sessions.OpenAsync(NewSession(account.Id), vouchers, Entry(), Cancel)).IsCommitted
            );
        }
    }
}

public sealed class Revocation_race_on_SQLite(SqliteDatabase database)
    : RevocationRaceTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Revocation_race_on_PostgreSQL(PostgresDatabase database)
    : RevocationRaceTests(database),
        IClassFixture<PostgresDatabase>;
