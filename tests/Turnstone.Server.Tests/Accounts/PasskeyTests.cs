using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Tests.Accounts;

public sealed class PasskeyTests(AccountsFixture accounts) : IClassFixture<AccountsFixture>
{
    [Fact]
    public async Task A_passkey_comes_back_as_it_was_put_in_and_finds_its_account()
    {
        var ada = await accounts.GivenAsync();
        var passkey = NewPasskey();
        passkey.Name = "phone";
        Assert.True((await AddAsync(ada, passkey)).Succeeded);

        var found = await accounts.WithAsync(
            ada,
            (manager, account) => manager.GetPasskeyAsync(account, passkey.CredentialId)
        );

        Assert.NotNull(found);
        Assert.Equal(passkey.CredentialId, found.CredentialId);
        Assert.Equal(passkey.PublicKey, found.PublicKey);
        Assert.Equal(passkey.AttestationObject, found.AttestationObject);
        Assert.Equal(passkey.ClientDataJson, found.ClientDataJson);
        Assert.Equal(passkey.Transports, found.Transports);
        Assert.Equal(
            (passkey.Name, passkey.SignCount, passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp),
            (found.Name, found.SignCount, found.IsUserVerified, found.IsBackupEligible, found.IsBackedUp)
        );
        Assert.Equal(passkey.CreatedAt, found.CreatedAt, TimeSpan.FromMicroseconds(1));
        Assert.Equal(
            ada.Id,
            (await accounts.RequestAsync(manager => manager.FindByPasskeyIdAsync(passkey.CredentialId)))?.Id
        );
    }

    [Fact]
    public async Task A_use_moves_its_counter_and_adds_no_second_one()
    {
        var ada = await accounts.GivenAsync();
        var passkey = NewPasskey();
        await AddAsync(ada, passkey);
        passkey.SignCount = 8;
        await AddAsync(ada, passkey);

        Assert.Equal(
            8u,
            Assert
                .Single(await accounts.WithAsync(ada, (manager, account) => manager.GetPasskeysAsync(account)))
                .SignCount
        );
    }

    [Fact]
    public async Task Another_account_can_neither_take_nor_see_nor_remove_it()
    {
        var ada = await accounts.GivenAsync();
        var bob = await accounts.GivenAsync();
        var passkey = NewPasskey();
        await AddAsync(ada, passkey);

        await Assert.ThrowsAsync<InvalidOperationException>(() => AddAsync(bob, passkey));
        Assert.Null(
            await accounts.WithAsync(bob, (manager, account) => manager.GetPasskeyAsync(account, passkey.CredentialId))
        );
        await accounts.WithAsync(bob, (manager, account) => manager.RemovePasskeyAsync(account, passkey.CredentialId));
        Assert.Single(await accounts.WithAsync(ada, (manager, account) => manager.GetPasskeysAsync(account)));
    }

    [Fact]
    public async Task A_removed_one_is_gone()
    {
        var ada = await accounts.GivenAsync();
        var passkey = NewPasskey();
        await AddAsync(ada, passkey);

        await accounts.WithAsync(ada, (manager, account) => manager.RemovePasskeyAsync(account, passkey.CredentialId));

        Assert.Empty(await accounts.WithAsync(ada, (manager, account) => manager.GetPasskeysAsync(account)));
        Assert.Null(await accounts.RequestAsync(manager => manager.FindByPasskeyIdAsync(passkey.CredentialId)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_administrator_has_the_role_and_nobody_else_does(bool administrator)
    {
        var ada = await accounts.GivenAsync(account => account.Administrator = administrator);
        await using var scope = accounts.Services.CreateAsyncScope();

        var principal = await scope
            .ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Account>>()
            .CreateAsync(ada);

        Assert.Equal(administrator, principal.IsInRole(AccountClaims.Administrator));
        Assert.Equal(ada.Id.ToString(), principal.FindFirstValue(ClaimTypes.NameIdentifier));
    }

    private Task<IdentityResult> AddAsync(Account owner, UserPasskeyInfo passkey) =>
        accounts.WithAsync(owner, (manager, account) => manager.AddOrUpdatePasskeyAsync(account, passkey));

    private static UserPasskeyInfo NewPasskey() =>
        new(
            RandomSource.System.Bytes(32),
            RandomSource.System.Bytes(77),
            TimeProvider.System.GetUtcNow(),
            signCount: 7,
            ["internal", "hybrid"],
            isUserVerified: true,
            isBackupEligible: true,
            isBackedUp: false,
            RandomSource.System.Bytes(100),
            RandomSource.System.Bytes(90)
        );
}
