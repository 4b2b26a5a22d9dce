using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Turnstone.Audit;

namespace Turnstone.Server.Tests.Accounts;

public sealed class SecondFactorTests(AccountsFixture accounts) : IClassFixture<AccountsFixture>
{
    [Fact]
    public async Task A_confirmed_email_stays_confirmed()
    {
        var ada = await accounts.GivenAsync();
        var token = await accounts.WithAsync(ada, (manager, account) => manager.GenerateEmailConfirmationTokenAsync(account));

        Assert.False((await accounts.WithAsync(ada, (manager, account) => manager.ConfirmEmailAsync(account, token + "x"))).Succeeded);
        Assert.True((await accounts.WithAsync(ada, (manager, account) => manager.ConfirmEmailAsync(account, token))).Succeeded);
        Assert.True((await accounts.StoredAsync(ada)).EmailConfirmed);
    }

    [Fact]
    public async Task The_code_of_an_authenticator_app_is_verified_once_and_another_is_not()
    {
        var ada = await accounts.GivenAsync();
        await accounts.WithAsync(ada, (manager, account) => manager.ResetAuthenticatorKeyAsync(account));
        var key = await accounts.WithAsync(ada, (manager, account) => manager.GetAuthenticatorKeyAsync(account));

        var code = Totp(key!, TimeProvider.System.GetUtcNow());
        Assert.True(await VerifyAsync(code));
        Assert.False(await VerifyAsync(code));
        Assert.False(await VerifyAsync(Totp(key!, TimeProvider.System.GetUtcNow().AddHours(1))));
        Assert.False(await VerifyAsync(""));

        Task<bool> VerifyAsync(string code) => accounts.WithAsync(
            ada, (manager, account) => manager.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code));
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
        await Assert.ThrowsAnyAsync<CryptographicException>(() => accounts.RequestAsync(manager => manager.GetAuthenticatorKeyAsync(bob)));
    }

    [Fact]
    public async Task A_recovery_code_is_redeemed_once()
    {
        var ada = await accounts.GivenAsync();
        var codes = (await accounts.WithAsync(ada, (manager, account) => manager.GenerateNewTwoFactorRecoveryCodesAsync(account, 10)))!.ToList();

        Assert.True((await RedeemAsync(codes[3])).Succeeded);
        Assert.False((await RedeemAsync(codes[3])).Succeeded);
        Assert.False((await RedeemAsync("ABCDE-FGHIJ")).Succeeded);
        Assert.Equal(9, await accounts.WithAsync(ada, (manager, account) => manager.CountRecoveryCodesAsync(account)));
        Assert.True((await RedeemAsync(codes[4])).Succeeded);

        Task<IdentityResult> RedeemAsync(string code) => accounts.WithAsync(ada, (manager, account) => manager.RedeemTwoFactorRecoveryCodeAsync(account, code));
    }

    [Fact]
    public async Task Of_two_requests_with_one_recovery_code_one_gets_in()
    {
        var ada = await accounts.GivenAsync();
        var code = (await accounts.WithAsync(ada, (manager, account) => manager.GenerateNewTwoFactorRecoveryCodesAsync(account, 1)))!.Single();
        var (first, second) = (await accounts.StoredAsync(ada), await accounts.StoredAsync(ada));

        Assert.True((await accounts.RequestAsync(manager => manager.RedeemTwoFactorRecoveryCodeAsync(first, code))).Succeeded);
        Assert.False((await accounts.RequestAsync(manager => manager.RedeemTwoFactorRecoveryCodeAsync(second, code))).Succeeded);
    }

    [Fact]
    public async Task Neither_wrong_passwords_nor_wrong_codes_lock_an_account()
    {
        var ada = await accounts.GivenAsync();
        for (var i = 0; i < 20; i++)
        {
            await accounts.WithAsync(ada, (manager, account) => manager.CheckPasswordAsync(account, "wrong"));
        }

        for (var i = 0; i < 20; i++)
        {
            await accounts.WithAsync(ada, (manager, account) => manager.AccessFailedAsync(account));
        }

        Assert.False(await accounts.WithAsync(ada, (manager, account) => manager.IsLockedOutAsync(account)));
    }

    /// <summary>RFC 6238 with its defaults, written apart from the code under test.</summary>
    private static string Totp(string base32, DateTimeOffset at)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(base32.Select(c => Convert.ToString(Alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // what authenticator apps compute
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
