using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's manager, with every hash computed in the password lane. It checks no password: <see
/// cref="PasswordCheck"/> does. It has no lockout: wrong passwords and codes are limited by network (<see
/// cref="Limits.LoginThrottle"/>). A lockout would let anyone lock an owner out.
/// </summary>
public sealed class AccountManager(
    IUserStore<Account> store,
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

    public override async Task<IdentityResult> CreateAsync(Account user, string password) =>
        await PrepareAsync(user, password) ?? await base.CreateAsync(user, password);

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

    /// <summary>
    /// Sets a new password after the owner has proven himself. It ends every session of the account, and takes away the
    /// factors that nobody has confirmed.
    /// </summary>
    public async Task<IdentityResult> SetPasswordAsync(Account account, string password)
    {
        if (await PrepareAsync(account, password) is { } full)
        {
            return full;
        }

        var set = await UpdatePasswordHash(account, password, validatePassword: true);
        if (set.Succeeded && account.SecondFactorWaitsSince is not null)
        {
            // Who knew the old password may have turned it on. Passkeys that wait go with the save.
            account.TakeSecondFactor();
        }

        return set.Succeeded ? await UpdateUserAsync(account) : set;
    }

    /// <summary>
    /// Takes the same time as hashing a new password, and does nothing else. A refusal if the lane is full.
    /// </summary>
    public Task<IdentityResult?> SpendHashTimeAsync(string password) => PrepareAsync(account: null, password);

    /// <summary>
    /// Turns the second factor on. The caller has checked a code of this key at this step. Returns the recovery codes,
    /// or null if the account was changed concurrently.
    /// </summary>
    /// <param name="waitsSince">Null if it counts at once: see <see cref="Account.SecondFactorWaitsSince"/>.</param>
    public async Task<IReadOnlyList<string>?> EnableSecondFactorAsync(
        Account account,
        string key,
        long step,
        DateTimeOffset? waitsSince
    )
    {
        await Keys.SetTwoFactorEnabledAsync(account, true, CancellationToken);
        await Keys.SetAuthenticatorKeyAsync(account, key, CancellationToken);
        (account.LastTotpStep, account.SecondFactorWaitsSince) = (step, waitsSince);
        account.SecurityStamp = NewAccount.NewStamp(random);
        return await NewRecoveryCodesAsync(account);
    }

    public async Task<IReadOnlyList<string>?> NewRecoveryCodesAsync(Account account) =>
        (await GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes))?.ToList();

    public async Task<IdentityResult> DisableSecondFactorAsync(Account account)
    {
        await Keys.SetTwoFactorEnabledAsync(account, false, CancellationToken);
        account.TakeSecondFactor();
        account.SecurityStamp = NewAccount.NewStamp(random);
        return await UpdateAsync(account);
    }

    /// <summary>The app's codes count from now on. Its links stay good for nothing else: the stamp stays.</summary>
    public async Task<IdentityResult> ConfirmSecondFactorAsync(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        account.SecondFactorWaitsSince = null;
        await Keys.SecondFactorConfirmedAsync(account);
        return await UpdateAsync(account);
    }

    private async Task<IdentityResult?> PrepareAsync(Account? account, string password) =>
        await hasher.PrepareAsync(account, password, CancellationToken) is { } full
            ? IdentityResult.Failed(
                new IdentityError
                {
                    Code = nameof(RefusalCode.Unavailable),
                    Description = $"{full.Reason} {full.NextStep}",
                }
            )
            : null;
}
