using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's manager with every hash made in the password lane. A wrong password never counts towards a lockout here (the limits per network do
/// that, see <see cref="Abuse.LoginThrottle"/>), or anyone could lock an owner out; <see cref="UserManager{TUser}.AccessFailedAsync"/> is for
/// second factors, which only someone with the right password gets to try.
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
    IServiceProvider services,
    ILogger<UserManager<Account>> logger)
    : UserManager<Account>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
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

    public override async Task<IdentityResult> ChangePasswordAsync(Account user, string currentPassword, string newPassword) =>
        await PrepareAsync(newPassword) ?? await base.ChangePasswordAsync(user, currentPassword, newPassword);

    public override async Task<IdentityResult> ResetPasswordAsync(Account user, string token, string newPassword) =>
        await PrepareAsync(newPassword) ?? await base.ResetPasswordAsync(user, token, newPassword);

    protected override async Task<PasswordVerificationResult> VerifyPasswordAsync(IUserPasswordStore<Account> store, Account user, string password) =>
        LanePasswordHasher.Result(await hasher.VerifyAsync(user?.PasswordHash, password, CancellationToken));

    /// <summary>The same password under better costs: no stamp changes and no session ends.</summary>
    private async Task RehashAsync(Account user, string oldHash, string newHash)
    {
        if (await accounts.RehashAsync(user.Id, oldHash, newHash, CancellationToken))
        {
            user.PasswordHash = newHash;
        }
    }

    private async Task<IdentityResult?> PrepareAsync(string password) =>
        await hasher.PrepareAsync(password, CancellationToken) is { } full
            ? IdentityResult.Failed(new IdentityError { Code = nameof(RefusalCode.Unavailable), Description = $"{full.Reason} {full.NextStep}" })
            : null;
}
