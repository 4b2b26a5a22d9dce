using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Turnstone.Server.Tests.Accounts;

public sealed class SecondFactorTests(AccountsFixture accounts) : IClassFixture<AccountsFixture>
{
    [Fact]
    public async Task A_confirmed_email_stays_confirmed()
    {
        var ada = await accounts.GivenAsync();
        var token = await accounts.WithAsync(
            ada,
            (manager, account) => manager.GenerateEmailConfirmationTokenAsync(account)
        );

        Assert.False(
            (
                await accounts.WithAsync(ada, (manager, account) => manager.ConfirmEmailAsync(account, token + "x"))
            ).Succeeded
        );
        Assert.True(
            (await accounts.WithAsync(ada, (manager, account) => manager.ConfirmEmailAsync(account, token))).Succeeded
        );
        Assert.True((await accounts.StoredAsync(ada)).EmailConfirmed);
    }

    [Fact]
    public async Task The_code_of_an_authenticator_app_is_verified_once_and_another_is_not()
    {
        var ada = await accounts.GivenAsync();
        await accounts.WithAsync(ada, (manager, account) => manager.ResetAuthenticatorKeyAsync(account));
        var key = await accounts.WithAsync(ada, (manager, account) => manager.GetAuthenticatorKeyAsync(account));

        var code = Authenticator.Code(key!, TimeProvider.System.GetUtcNow());
        Assert.True(await VerifyAsync(code));
        Assert.False(await VerifyAsync(code));
        Assert.False(await VerifyAsync(Authenticator.Code(key!, TimeProvider.System.GetUtcNow().AddHours(1))));
        Assert.False(await VerifyAsync(""));

        Task<bool> VerifyAsync(string code) =>
            accounts.WithAsync(
                ada,
                (manager, account) =>
                    manager.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code)
            );
    }

    [Fact]
    public async Task The_authenticator_key_is_sealed_and_opens_for_its_account_alone()
    {
        var ada = await accounts.GivenAsync();
        var bob = await accounts.GivenAsync();
        await accounts.WithAsync(ada, (manager, account) => manager.ResetAuthenticatorKeyAsync(account));
        var key = await accounts.WithAsync(ada, (manager, account) => manager.GetAuthenticatorKeyAsync(account));
        var stored = (await accounts.StoredAsync(ada)).AuthenticatorKey!;

        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key!)));
        bob = await accounts.StoredAsync(bob);
        bob.AuthenticatorKey = stored;
        await Assert.ThrowsAnyAsync<CryptographicException>(() =>
            accounts.RequestAsync(manager => manager.GetAuthenticatorKeyAsync(bob))
        );
    }

    [Fact]
    public async Task A_recovery_code_is_redeemed_once()
    {
        var ada = await accounts.GivenAsync();
        var codes = (
            await accounts.WithAsync(
                ada,
                (manager, account) => manager.GenerateNewTwoFactorRecoveryCodesAsync(account, 10)
            )
        )!.ToList();

        Assert.True((await RedeemAsync(codes[3])).Succeeded);
        Assert.False((await RedeemAsync(codes[3])).Succeeded);
        Assert.False((await RedeemAsync("ABCDE-FGHIJ")).Succeeded);
        Assert.Equal(9, await accounts.WithAsync(ada, (manager, account) => manager.CountRecoveryCodesAsync(account)));
        Assert.True((await RedeemAsync(codes[4])).Succeeded);

        Task<IdentityResult> RedeemAsync(string code) =>
            accounts.WithAsync(ada, (manager, account) => manager.RedeemTwoFactorRecoveryCodeAsync(account, code));
    }

    [Fact]
    public async Task Of_two_requests_with_one_recovery_code_one_gets_in()
    {
        var ada = await accounts.GivenAsync();
        var code = (
            await accounts.WithAsync(
                ada,
                (manager, account) => manager.GenerateNewTwoFactorRecoveryCodesAsync(account, 1)
            )
        )!.Single();
        var (first, second) = (await accounts.StoredAsync(ada), await accounts.StoredAsync(ada));

        Assert.True(
            (await accounts.RequestAsync(manager => manager.RedeemTwoFactorRecoveryCodeAsync(first, code))).Succeeded
        );
        Assert.False(
            (await accounts.RequestAsync(manager => manager.RedeemTwoFactorRecoveryCodeAsync(second, code))).Succeeded
        );
    }
}
