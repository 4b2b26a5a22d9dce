using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

public abstract class AccountStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task An_account_is_found_by_id_and_by_email_as_it_was_saved()
    {
        var account = await GivenAccountAsync();
        account.EmailConfirmed = account.Administrator = account.TwoFactorEnabled = true;
        account.AuthenticatorKey = NewHash();
        account.RecoveryCodes = [NewHash(), NewHash()];
        account.LastTotpStep = 59_000_000;
        Assert.True(
            (await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel)).IsCommitted
        );

        Assert.Equal("two", account.ConcurrencyStamp);
        Assert.Equivalent(account, await Store.Accounts.FindAsync(account.Id, Cancel), strict: true);
        Assert.Equivalent(
            account,
            await Store.Accounts.FindByEmailAsync(account.NormalizedEmail, Cancel),
            strict: true
        );
        Assert.Null(await Store.Accounts.FindByEmailAsync("NOBODY@EXAMPLE.TEST", Cancel));
    }

    [Fact]
    public async Task A_passkey_waits_until_it_is_confirmed_and_a_new_password_takes_away_those_that_wait()
    {
        var account = await GivenAccountAsync();
        var entry = Entry(AuditEvent.AccountChanged, account.Id);
        var (waits, counts) = (NewPasskey(), NewPasskey());
        await Store.Accounts.SavePasskeyAsync(waits, Cancel);
        await Store.Accounts.SavePasskeyAsync(counts, Cancel);

        await Store.Accounts.ConfirmPasskeyAsync(NewId(), waits.CredentialId, entry, Cancel);
        await Store.Accounts.ConfirmPasskeyAsync(account.Id, counts.CredentialId, entry, Cancel);
        await Store.Accounts.ConfirmPasskeyAsync(account.Id, counts.CredentialId, entry, Cancel);
        await Store.Accounts.SavePasskeyAsync(counts, Cancel);

        Assert.Equal(Time.Now, (await Store.Accounts.FindPasskeyAsync(waits.CredentialId, Cancel))!.WaitsSince);
        Assert.Null((await Store.Accounts.FindPasskeyAsync(counts.CredentialId, Cancel))!.WaitsSince);
        Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id }, Cancel), IsTheEntry);
        account.PasswordHash = "another";
        (account.SecondFactorWaitsSince, account.EmailChangedAt) = (Time.Now, Time.Now.AddDays(1));
        Assert.True((await Store.Accounts.SaveAsync(account, "two", null, Cancel)).IsCommitted);

        Assert.Equal(
            counts.CredentialId,
            Assert.Single(await Store.Accounts.PasskeysAsync(account.Id, Cancel)).CredentialId
        );
        var stored = (await Store.Accounts.FindAsync(account.Id, Cancel))!;
        Assert.Equal(
            (Time.Now, Time.Now.AddDays(1)),
            (stored.SecondFactorWaitsSince!.Value, stored.EmailChangedAt!.Value)
        );

        Passkey NewPasskey() => new(NewHash(), account.Id, "{}", Time.Now) { WaitsSince = Time.Now };

        bool IsTheEntry(AuditEntry found) => found.Event.Known is AuditEvent.AccountChanged;
    }

    [Fact]
    public async Task Known_networks_are_kept_and_a_save_that_does_not_know_them_changes_nothing_about_them()
    {
        var account = await GivenAccountAsync();
        await Store.Accounts.SetKnownNetworksAsync(account.Id, [NewHash(), NewHash()], Cancel);
        Assert.True(
            (await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel)).IsCommitted
        );

        Assert.Equal(2, (await Store.Accounts.FindAsync(account.Id, Cancel))!.KnownNetworks.Count);
    }

    [Fact]
    public async Task Wishes_for_letters_are_kept_with_their_entry_and_a_save_changes_nothing_about_them()
    {
        var account = await GivenAccountAsync();
        var wishes = new LetterWishes("de", [LetterKind.NewSignIn, LetterKind.Decision]);
        var entry = Entry(AuditEvent.AccountChanged, account.Id);
        await Store.Accounts.SetLettersAsync(account.Id, wishes, entry, Cancel);
        Assert.True(
            (await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.AccountChanged), Cancel)).IsCommitted
        );

        var stored = (await Store.Accounts.FindAsync(account.Id, Cancel))!.Letters;
        Assert.Equal("de", stored.Language);
        Assert.Equal(wishes.Off, stored.Off);
        Assert.True(stored.Wants(LetterKind.SuspectedCopy));
        Assert.Single(
            await Store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id }, Cancel),
            kept => kept.Event == AuditEvent.AccountChanged
        );
    }

    [Fact]
    public async Task A_taken_email_is_refused_and_leaves_no_entry()
    {
        var account = await GivenAccountAsync();
        var second = NewAccount();
        second.NormalizedEmail = account.NormalizedEmail;

        Assert.False(
            (await Store.Accounts.CreateAsync(second, Entry(AuditEvent.AccountCreated, second.Id), Cancel)).IsCommitted
        );

        Assert.Null(await Store.Accounts.FindAsync(second.Id, Cancel));
        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { AccountId = second.Id }, Cancel));
    }

    [Fact]
    public async Task Of_many_that_take_one_email_at_once_one_gets_it_and_its_neighbours_in_the_batch_are_not_harmed()
    {
        var email = $"{NewId():n}@EXAMPLE.TEST";
        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(() =>
                    {
                        var account = NewAccount();
                        account.NormalizedEmail = i % 2 == 0 ? email : account.NormalizedEmail;
                        return CommittedAsync(Store.Accounts.CreateAsync(account, Entry(), Cancel));
                    })
                )
        );

        Assert.Equal(11, made.Count(created => created));
    }

    [Fact]
    public async Task A_save_on_an_older_stamp_is_refused()
    {
        var account = await GivenAccountAsync();
        var stale = await Store.Accounts.FindAsync(account.Id, Cancel);
        Assert.True((await Store.Accounts.SaveAsync(account, "two", null, Cancel)).IsCommitted);

        stale!.Email = "other@example.test";
        Assert.False((await Store.Accounts.SaveAsync(stale, "three", null, Cancel)).IsCommitted);
        Assert.Equal(account.Email, (await Store.Accounts.FindAsync(account.Id, Cancel))!.Email);
    }

    [Fact]
    public async Task Of_two_that_take_one_one_time_password_at_once_one_is_let_in()
    {
        var account = await GivenAccountAsync();
        await using var other = Database.Open();
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        var store = i % 2 == 0 ? Store : other;
                        var read = (await store.Accounts.FindAsync(account.Id, Cancel))!;
                        var fresh = read.LastTotpStep is null;
                        read.LastTotpStep = 59_000_000;
                        return fresh
                            && await CommittedAsync(store.Accounts.SaveAsync(read, $"stamp {i}", null, Cancel));
                    })
                )
        );

        Assert.Single(taken, letIn => letIn);
        Assert.Equal(59_000_000, (await Store.Accounts.FindAsync(account.Id, Cancel))!.LastTotpStep);
    }

    [Fact]
    public async Task A_save_with_an_email_that_another_account_has_is_refused()
    {
        var first = await GivenAccountAsync();
        var second = await GivenAccountAsync();
        second.NormalizedEmail = first.NormalizedEmail;

        Assert.False((await Store.Accounts.SaveAsync(second, "two", null, Cancel)).IsCommitted);
        Assert.Equal("one", (await Store.Accounts.FindAsync(second.Id, Cancel))!.ConcurrencyStamp);
    }

    [Fact]
    public async Task A_new_password_raises_the_epoch_and_ends_the_sessions()
    {
        var account = await GivenAccountAsync();
        var session = await GivenSessionAsync(account.Id);
        account.PasswordHash = "$argon2id$second";
        Assert.True(
            (
                await Store.Accounts.SaveAsync(account, "two", Entry(AuditEvent.PasswordChanged, account.Id), Cancel)
            ).IsCommitted
        );

        Assert.Single(
            await Store.Audit.ReadAsync(
                new AuditQuery { Event = AuditEvent.PasswordChanged, AccountId = account.Id },
                Cancel
            )
        );
        Assert.Equal(account.Epoch + 1, (await Store.Accounts.FindAsync(account.Id, Cancel))!.Epoch);
        Assert.Equal(
            RevocationReason.PasswordChanged,
            (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor
        );
    }

    [Fact]
    public async Task Disabling_an_account_ends_its_sessions_and_any_other_change_does_not()
    {
        var account = await GivenAccountAsync();
        var session = await GivenSessionAsync(account.Id);
        account.LastTotpStep = 1;
        Assert.True((await Store.Accounts.SaveAsync(account, "two", null, Cancel)).IsCommitted);
        Assert.Null((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);

        account.DisabledAt = Time.Now;
        Assert.True((await Store.Accounts.SaveAsync(account, "three", Entry(), Cancel)).IsCommitted);
        Assert.Equal(
            RevocationReason.AccountDisabled,
            (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor
        );
    }

    [Fact]
    public async Task A_better_hash_of_the_same_password_ends_no_session_and_outdates_what_was_read_before()
    {
        var account = await GivenAccountAsync();
        var session = await GivenSessionAsync(account.Id);

        Assert.True(
            (await Store.Accounts.RehashAsync(account.Id, "$argon2id$first", "$argon2id$stronger", Cancel)).IsCommitted
        );
        Assert.False(
            (await Store.Accounts.RehashAsync(account.Id, "$argon2id$first", "$argon2id$other", Cancel)).IsCommitted
        );

        Assert.False((await Store.Accounts.SaveAsync(account, "two", null, Cancel)).IsCommitted);
        var stored = await Store.Accounts.FindAsync(account.Id, Cancel);
        Assert.Equal(("$argon2id$stronger", 0L), (stored!.PasswordHash, stored.Epoch));
        Assert.Null((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);
    }

    [Fact]
    public async Task Accounts_are_listed_by_a_part_of_their_email_in_which_no_character_is_special()
    {
        var account = NewAccount();
        account.NormalizedEmail = $"A_B%{account.NormalizedEmail}";
        await Store.Accounts.CreateAsync(account, Entry(), Cancel);
        await GivenAccountAsync();

        Assert.Equal(account.Id, Assert.Single(await Store.Accounts.ListAsync("a_b%", 10, Cancel)).Id);
        Assert.Equal(2, (await Store.Accounts.ListAsync(null, 2, Cancel)).Count);
        Assert.Empty(await Store.Accounts.ListAsync("a%b", 10, Cancel));
        var all = await Store.Accounts.ListAsync(null, 1000, Cancel);
        Assert.Equal(
            all.Skip(1).Select(one => one.Id),
            (await Store.Accounts.ListAsync(null, 1000, Cancel, all[0].NormalizedEmail)).Select(one => one.Id)
        );
        Assert.Empty(await Store.Accounts.ListAsync(null, 1000, Cancel, all[^1].NormalizedEmail));
    }

    [Fact]
    public async Task Administrators_who_take_the_right_from_each_other_at_once_leave_one()
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var account = await GivenAccountAsync();
            account.Administrator = true;
            Assert.True((await Store.Accounts.SaveAsync(account, "two", null, Cancel)).IsCommitted);
        }

        var saved = await Task.WhenAll(
            (await Store.Accounts.AdministratorsAsync(Cancel)).Select(
                (account, i) =>
                    Task.Run(() =>
                    {
                        account.Administrator = i % 2 == 0;
                        account.DisabledAt = i % 2 == 0 ? Time.Now : null;
                        return CommittedAsync(Store.Accounts.SaveAsync(account, "three", null, Cancel));
                    })
            )
        );

        Assert.Single(saved, done => !done);
        Assert.Single(await Store.Accounts.AdministratorsAsync(Cancel));
    }

    [Fact]
    public async Task Passkeys_are_saved_found_listed_and_removed_by_their_own_account_only()
    {
        var account = await GivenAccountAsync();
        var stranger = await GivenAccountAsync();
        var passkey = new Passkey(NewHash(), account.Id, "{}", Time.Now);
        await Store.Accounts.SavePasskeyAsync(passkey, Cancel);
        await Store.Accounts.SavePasskeyAsync(passkey with { Data = "{\"count\":1}" }, Cancel);
        await Store.Accounts.SavePasskeyAsync(passkey with { AccountId = stranger.Id, Data = "stolen" }, Cancel);
        await Store.Accounts.RemovePasskeyAsync(stranger.Id, passkey.CredentialId, Cancel);

        Assert.Equal("{\"count\":1}", (await Store.Accounts.FindPasskeyAsync(passkey.CredentialId, Cancel))!.Data);
        Assert.Single(await Store.Accounts.PasskeysAsync(account.Id, Cancel));
        Assert.Empty(await Store.Accounts.PasskeysAsync(stranger.Id, Cancel));

        await Store.Accounts.RemovePasskeyAsync(account.Id, passkey.CredentialId, Cancel);
        Assert.Null(await Store.Accounts.FindPasskeyAsync(passkey.CredentialId, Cancel));
    }
}

public sealed class Account_store_on_SQLite(SqliteDatabase database)
    : AccountStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Account_store_on_PostgreSQL(PostgresDatabase database)
    : AccountStoreTests(database),
        IClassFixture<PostgresDatabase>;
