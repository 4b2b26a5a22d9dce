using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's manager, with every hash computed in the password lane, and without lockout: wrong passwords and codes
/// are limited by network (<see cref="Limits.LoginThrottle"/>). A lockout would let anyone lock an owner out.
/// </summary>
public sealed class AccountManager(
    IUserStore<Account> store,
    IAccountStore accounts,
    LanePasswordHasher hasher,
    IOptions<IdentityOptions> options,
    IEnumerable<IUserValidator<Account>> userValidators,
    IEnumerable<IPasswordValidator<Account>> passwordValidators,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber errors,
    RandomSource random,
    IServiceProvider services,
    ILogger<UserManager<Account>> logger
)
    : UserManager<Account>(
        store,
        options,
        hasher,
        userValidators,
        passwordValidators,
        normalizer,
        errors,
        services,
        logger
    )
{
    private const int RecoveryCodes = 10;

    private AccountUserStore Keys => (AccountUserStore)Store;

    public override async Task<bool> CheckPasswordAsync(Account user, string password)
    {
        var hash = user?.PasswordHash;
        var verdict = await hasher.VerifyAsync(hash, password, CancellationToken);
        if (verdict.NeedsRehash && await hasher.PrepareAsync(password, CancellationToken) is null)
        {
            await RehashAsync(user!, hash!, hasher.HashPassword(user!, password));
        }

        return verdict.Matches;
    }

    public override async Task<IdentityResult> CreateAsync(Account user, string password) =>
        await PrepareAsync(password) ?? await base.CreateAsync(user, password);

    public override async Task<IdentityResult> AddPasswordAsync(Account user, string password) =>
        await PrepareAsync(password) ?? await base.AddPasswordAsync(user, password);

    public override async Task<IdentityResult> ChangePasswordAsync(
        Account user,
        string currentPassword,
        string newPassword
    ) => await PrepareAsync(newPassword) ?? await base.ChangePasswordAsync(user, currentPassword, newPassword);

    public override async Task<IdentityResult> ResetPasswordAsync(Account user, string token, string newPassword) =>
        await PrepareAsync(newPassword) ?? await base.ResetPasswordAsync(user, token, newPassword);

    /// <summary>Lockout would let anyone lock an owner out.</summary>
    public override Task<IdentityResult> AccessFailedAsync(Account user) => Task.FromResult(IdentityResult.Success);

    /// <summary>The codes of the validators that reject this password; empty if it is acceptable.</summary>
    public async Task<IReadOnlyList<string>> FaultsOfAsync(Account account, string? password)
    {
        List<string> faults = [];
        foreach (var validator in PasswordValidators)
        {
            faults.AddRange(
                (await validator.ValidateAsync(this, account, password ?? "")).Errors.Select(error => error.Code)
            );
        }

        return faults;
    }

    /// <summary>Sets a new password after the owner has proven himself. It ends every session of the account.</summary>
    public async Task<IdentityResult> SetPasswordAsync(Account account, string password)
    {
        if (await PrepareAsync(password) is { } full)
        {
            return full;
        }

        var set = await UpdatePasswordHash(account, password, validatePassword: true);
        return set.Succeeded ? await UpdateUserAsync(account) : set;
    }

    /// <summary>
    /// Takes the same time as hashing a new password, and does nothing else. A refusal if the lane is full.
    /// </summary>
    public Task<IdentityResult?> SpendHashTimeAsync(string password) => PrepareAsync(password);

    /// <summary>
    /// Turns the second factor on. The caller has checked a code of this key at this step. Returns the recovery codes,
    /// or null if the account was changed concurrently.
    /// </summary>
    public async Task<IReadOnlyList<string>?> EnableSecondFactorAsync(Account account, string key, long step)
    {
        await Keys.SetTwoFactorEnabledAsync(account, true, CancellationToken);
        await Keys.SetAuthenticatorKeyAsync(account, key, CancellationToken);
        account.LastTotpStep = step;
        account.SecurityStamp = NewAccount.NewStamp(random);
        return await NewRecoveryCodesAsync(account);
    }

    public async Task<IReadOnlyList<string>?> NewRecoveryCodesAsync(Account account) =>
        (await GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes))?.ToList();

    public async Task<IdentityResult> DisableSecondFactorAsync(Account account)
    {
        await Keys.SetTwoFactorEnabledAsync(account, false, CancellationToken);
        (account.AuthenticatorKey, account.LastTotpStep, account.RecoveryCodes) = (null, null, []);
        account.SecurityStamp = NewAccount.NewStamp(random);
        return await UpdateAsync(account);
    }

    protected override async Task<PasswordVerificationResult> VerifyPasswordAsync(
        IUserPasswordStore<Account> store,
        Account user,
        string password
    ) => LanePasswordHasher.Result(await hasher.VerifyAsync(user?.PasswordHash, password, CancellationToken));

    /// <summary>The same password with new hash parameters: the security stamp stays and no session ends.</summary>
    private async Task RehashAsync(Account user, string oldHash, string newHash)
    {
        if ((await accounts.RehashAsync(user.Id, oldHash, newHash, CancellationToken)).IsCommitted)
        {
            user.PasswordHash = newHash;
        }
    }

    private async Task<IdentityResult?> PrepareAsync(string password) =>
        await hasher.PrepareAsync(password, CancellationToken) is { } full
            ? IdentityResult.Failed(
                new IdentityError
                {
                    Code = nameof(RefusalCode.Unavailable),
                    Description = $"{full.Reason} {full.NextStep}",
                }
            )
            : null;
}
