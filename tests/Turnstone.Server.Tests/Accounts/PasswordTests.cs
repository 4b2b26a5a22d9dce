using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Accounts;

public sealed class PasswordTests(AccountsFixture accounts) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_has_its_password_as_argon2id()
    {
        var ada = await accounts.GivenAsync();

        Assert.StartsWith("$argon2id$", (await accounts.StoredAsync(ada)).PasswordHash, StringComparison.Ordinal);
        Assert.True(await accounts.IsRightPasswordAsync(ada, AccountsFixture.Password));
        Assert.False(await accounts.IsRightPasswordAsync(ada, "wrong"));
        Assert.Equal([AuditEvent.AccountCreated], await accounts.AuditAsync(ada));
    }

    [Fact]
    public async Task An_email_is_taken_however_it_is_written()
    {
        var ada = await accounts.GivenAsync();

        var again = await accounts.RequestAsync(manager =>
            manager.CreateAsync(
                NewAccount.For(ada.Email.ToUpperInvariant(), RandomSource.System, ada.CreatedAt),
                AccountsFixture.Password
            )
        );

        Assert.Contains(again.Errors, error => error.Code == nameof(IdentityErrorDescriber.DuplicateEmail));
        Assert.NotNull(
            await accounts.RequestAsync(manager => manager.FindByEmailAsync($" {ada.Email.ToUpperInvariant()} "))
        );
    }

    [Theory]
    [InlineData("elevenchars", "PasswordTooShort")]
    [InlineData("", "PasswordNotAcceptable")]
    [InlineData("ADA@example.test", "PasswordIsEmail")]
    public async Task A_bad_password_is_refused(string password, string code)
    {
        var account = NewAccount.For("ada@example.test", RandomSource.System, TimeProvider.System.GetUtcNow());

        var created = await accounts.RequestAsync(manager => manager.CreateAsync(account, password));

        Assert.Contains(created.Errors, error => error.Code == code);
    }

    [Fact]
    public async Task A_password_of_more_than_1024_bytes_is_refused()
    {
        var account = NewAccount.For(accounts.NewEmail(), RandomSource.System, TimeProvider.System.GetUtcNow());

        var longest = string.Concat(Enumerable.Range(0, 1024).Select(i => (char)('a' + (i * i % 23))));

        Assert.False((await accounts.RequestAsync(manager => manager.CreateAsync(account, longest + "x"))).Succeeded);
        Assert.True((await accounts.RequestAsync(manager => manager.CreateAsync(account, longest))).Succeeded);
    }

    [Fact]
    public async Task A_long_password_needs_no_digits_or_signs() =>
        await accounts.RequestAsync(async manager =>
        {
            var account = NewAccount.For(accounts.NewEmail(), RandomSource.System, TimeProvider.System.GetUtcNow());
            Assert.True((await manager.CreateAsync(account, "kreide teppich ampel gurke")).Succeeded);
            return account;
        });

    [Fact]
    public async Task Changing_the_password_ends_every_session_and_the_old_password()
    {
        var ada = await accounts.GivenAsync();
        var session = await accounts.OpenSessionAsync(ada);

        var changed = await accounts.WithAsync(
            ada,
            (manager, account) => manager.SetPasswordAsync(account, "another long one")
        );

        Assert.True(changed.Succeeded, changed.ToString());
        Assert.False(await accounts.IsLiveAsync(session));
        Assert.False(await accounts.IsRightPasswordAsync(ada, AccountsFixture.Password));
        Assert.True(await accounts.IsRightPasswordAsync(ada, "another long one"));
        Assert.Contains(AuditEvent.PasswordChanged, await accounts.AuditAsync(ada));
    }

    [Fact]
    public async Task A_bad_new_password_is_refused_and_ends_nothing()
    {
        var ada = await accounts.GivenAsync();
        var session = await accounts.OpenSessionAsync(ada);

        var changed = await accounts.WithAsync(ada, (manager, account) => manager.SetPasswordAsync(account, "short"));

        Assert.False(changed.Succeeded);
        Assert.True(await accounts.IsLiveAsync(session));
        Assert.True(await accounts.IsRightPasswordAsync(ada, AccountsFixture.Password));
    }

    [Fact]
    public async Task The_token_of_a_forgotten_password_ends_with_the_new_password()
    {
        var ada = await accounts.GivenAsync();
        var token = await accounts.WithAsync(
            ada,
            (manager, account) => manager.GeneratePasswordResetTokenAsync(account)
        );
        Assert.True(await IsGoodAsync());

        await accounts.WithAsync(ada, (manager, account) => manager.SetPasswordAsync(account, "another long one"));

        Assert.False(await IsGoodAsync());

        Task<bool> IsGoodAsync() =>
            accounts.WithAsync(
                ada,
                (manager, account) =>
                    manager.VerifyUserTokenAsync(
                        account,
                        TokenOptions.DefaultProvider,
                        UserManager<Account>.ResetPasswordTokenPurpose,
                        token
                    )
            );
    }

    [Fact]
    public async Task An_old_hash_is_made_anew_and_no_session_and_no_cookie_ends()
    {
        var ada = await accounts.GivenAsync();
        var stored = await accounts.StoredAsync(ada);
        var old = accounts.OldHashing.Hash(AccountsFixture.Password);
        Assert.True((await accounts.Store.Accounts.RehashAsync(ada.Id, stored.PasswordHash!, old, Cancel)).IsCommitted);
        var session = await accounts.OpenSessionAsync(ada);

        Assert.False(await accounts.IsRightPasswordAsync(ada, "wrong"));
        Assert.Equal(old, (await accounts.StoredAsync(ada)).PasswordHash);
        Assert.True(await accounts.IsRightPasswordAsync(ada, AccountsFixture.Password));

        var after = await accounts.StoredAsync(ada);
        Assert.StartsWith("$argon2id$v=19$m=64,", after.PasswordHash, StringComparison.Ordinal);
        Assert.Equal((stored.SecurityStamp, stored.Epoch), (after.SecurityStamp, after.Epoch));
        Assert.True(await accounts.IsLiveAsync(session));
    }

    [Fact]
    public async Task Of_two_saves_of_the_same_reading_the_second_is_refused()
    {
        var ada = await accounts.GivenAsync();
        var (first, second) = (await accounts.StoredAsync(ada), await accounts.StoredAsync(ada));

        Assert.True((await accounts.RequestAsync(manager => manager.SetTwoFactorEnabledAsync(first, true))).Succeeded);
        var late = await accounts.RequestAsync(manager => manager.SetTwoFactorEnabledAsync(second, false));

        Assert.Contains(late.Errors, error => error.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure));
        Assert.True((await accounts.StoredAsync(ada)).TwoFactorEnabled);
    }

    [Fact]
    public async Task With_a_full_lane_a_new_account_and_a_new_password_are_refused()
    {
        var ada = await accounts.GivenAsync();
        await using var other = new AccountsFixture();
        await other.InitializeAsync();
        other.Services.GetRequiredService<PasswordLane>().Dispose();

        var created = await other.RequestAsync(manager =>
            manager.CreateAsync(NewAccount.For(ada.Email, RandomSource.System, ada.CreatedAt), AccountsFixture.Password)
        );
        var changed = await other.RequestAsync(manager => manager.SetPasswordAsync(ada, "another long one"));

        Assert.All(
            [created, changed],
            result => Assert.Contains(result.Errors, error => error.Code == nameof(RefusalCode.Unavailable))
        );
    }

    [Fact]
    public async Task Identity_itself_checks_no_password()
    {
        var ada = await accounts.GivenAsync();

        await Assert.ThrowsAsync<NotSupportedException>(() =>
            accounts.WithAsync(ada, (manager, account) => manager.CheckPasswordAsync(account, AccountsFixture.Password))
        );
    }
}
