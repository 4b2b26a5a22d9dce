using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>What a refusal is called on a page.</summary>
public static class EntranceSentences
{
    /// <param name="words">The reader's language.</param>
    /// <param name="refusal">What was refused.</param>
    /// <param name="wrong">The word for something wrong, where it is not email and password.</param>
    public static string SentenceFor(this IStringLocalizer<EntranceWords> words, Refusal refusal, string? wrong = null)
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

    public static string SentenceForPassword(this IStringLocalizer<EntranceWords> words, string fault)
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
