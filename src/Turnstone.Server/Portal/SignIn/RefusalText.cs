using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>The text of a refusal on a page.</summary>
public static class RefusalText
{
    /// <param name="words">The texts in the reader's language.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="wrong">The resource key if something other than email and password was wrong.</param>
    public static string SentenceFor(this IStringLocalizer<SignInWords> words, Refusal refusal, string? wrong = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.Code switch
        {
            RefusalCode.InvalidCredentials => words[wrong ?? "WrongCredentials"],
            RefusalCode.TooManyAttempts => words["TooMany", refusal.RetryAfterSeconds ?? 60],
            _ => words["Busy"],
        };
    }

    public static string SentenceForPassword(this IStringLocalizer<SignInWords> words, string fault)
    {
        ArgumentNullException.ThrowIfNull(words);
        return fault switch
        {
            "PasswordTooShort" => words["PasswordTooShort", AccountServices.ShortestPassword],
            AccountPasswordValidator.IsEmail => words["PasswordIsEmail"],
            AccountPasswordValidator.TooCommon => words["PasswordTooCommon"],
            _ => words["PasswordNotAcceptable"],
        };
    }
}
