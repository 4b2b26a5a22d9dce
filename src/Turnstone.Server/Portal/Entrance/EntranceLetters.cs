using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// What the portal writes to people, in the language of whoever has caused it. Links stand on the issuer, never on the
/// name that a request came with.
/// </summary>
public sealed class EntranceLetters(
    MailQueue queue,
    AccountManager manager,
    TurnstoneSettings settings,
    CurrentCaller caller,
    Reader reader,
    IStringLocalizer<EntranceWords> words
)
{
    public async Task ConfirmAsync(Account account) =>
        Send(
            account.Email,
            "LetterConfirm",
            Link(EntrancePaths.Confirm, account, await manager.GenerateEmailConfirmationTokenAsync(account))
        );

    public async Task ResetAsync(Account account) => Send(account.Email, "LetterReset", await ResetLinkAsync(account));

    /// <summary>The same work for an address that nobody has, and no letter.</summary>
    public async Task ResetForNothingAsync(Account nobody) =>
        _ = Write(nobody.Email, "LetterReset", await ResetLinkAsync(nobody));

    /// <summary>Someone wants to sign up, or to move an account, to an address that has one.</summary>
    public void Taken(string email) => Send(email, "LetterTaken", settings.Issuer + EntrancePaths.Forgot);

    /// <summary>Names the account that wants to move there, so that nobody takes a stranger's for his own.</summary>
    public async Task ConfirmNewEmailAsync(Account account, string email) =>
        Send(
            email,
            "LetterNewEmail",
            Link(
                EntrancePaths.ConfirmNewEmail,
                account,
                await manager.GenerateChangeEmailTokenAsync(account, email),
                ("email", email)
            ),
            account.Email
        );

    /// <summary>
    /// That something about the account's security has changed: what, when, from where, and what to do if that was
    /// somebody else.
    /// </summary>
    /// <param name="email">Whom to tell.</param>
    /// <param name="what">The word for what happened.</param>
    public void Changed(string email, string what, params object[] values) =>
        queue.Send(
            new Letter(
                email,
                words["LetterChangedSubject"],
                Text(
                    words[what, values],
                    words["LetterChangedWhen", reader.Time(reader.Now), caller.Current.Network],
                    words["LetterChangedNext"],
                    settings.Issuer + EntrancePaths.Forgot
                )
            )
        );

    private async Task<string> ResetLinkAsync(Account account) =>
        Link(EntrancePaths.Reset, account, await manager.GeneratePasswordResetTokenAsync(account));

    private void Send(string email, string kind, string link, params object[] values) =>
        queue.Send(Write(email, kind, link, values));

    private Letter Write(string email, string kind, string link, params object[] values) =>
        new(email, words[$"{kind}Subject"], Text(words[kind, values], link, words[$"{kind}Else"]));

    private static string Text(params string[] parts) => string.Join("\n\n", [.. parts, "Turnstone"]) + "\n";

    private string Link(string path, Account account, string token, params (string Name, string Value)[] more) =>
        QueryHelpers.AddQueryString(
            settings.Issuer + path,
            more.Select(pair => KeyValuePair.Create<string, string?>(pair.Name, pair.Value))
                .Prepend(new("token", token))
                .Prepend(new("account", account.Id.ToString("D", CultureInfo.InvariantCulture)))
        );
}
