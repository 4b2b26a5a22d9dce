using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Refuses passwords that are too long to hash, that are the account's own email, or that are guessed first.
/// </summary>
internal sealed class AccountPasswordValidator : IPasswordValidator<Account>
{
    public const string NotAcceptable = "PasswordNotAcceptable";
    public const string IsEmail = "PasswordIsEmail";
    public const string TooCommon = "PasswordTooCommon";

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        if (!PasswordText.IsAcceptable(password))
        {
            return RefuseAsync(NotAcceptable, $"A password has at most {PasswordText.LongestUtf8} bytes.");
        }

        if (password.Equals(user.Email, StringComparison.OrdinalIgnoreCase))
        {
            return RefuseAsync(IsEmail, "The email address cannot be the password.");
        }

        return CommonPasswords.Contains(
            password,
            [.. user.Email.Split('@', '.', '-', '_', '+'), user.Email.Split('@')[0]]
        )
            ? RefuseAsync(TooCommon, "This password is one of those that are guessed first.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static Task<IdentityResult> RefuseAsync(string code, string description) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = code, Description = description }));
}
