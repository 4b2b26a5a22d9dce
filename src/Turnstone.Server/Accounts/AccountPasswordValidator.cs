using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>What a password may not be, beside too short: too long to hash, or the account's own email.</summary>
internal sealed class AccountPasswordValidator : IPasswordValidator<Account>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        if (!PasswordText.IsAcceptable(password))
        {
            return Refuse("PasswordNotAcceptable", $"A password has at most {PasswordText.LongestUtf8} bytes.");
        }

        return password.Equals(user.Email, StringComparison.OrdinalIgnoreCase)
            ? Refuse("PasswordIsEmail", "The email address cannot be the password.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static Task<IdentityResult> Refuse(string code, string description) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = description }));
}
