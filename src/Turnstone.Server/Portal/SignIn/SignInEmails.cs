using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The portal's emails, in the language of the request. Links use the issuer, never the request's host.
/// </summary>
public sealed class SignInEmails(
    MailQueue queue,
    AccountLinks links,
    TurnstoneSettings settings,
    CurrentCaller caller,
    Reader reader,
    IStringLocalizer<SignInWords> words,
    ILogger<SignInEmails> log
)
{
    public async Task ConfirmAsync(Account account) =>
        await SendAsync(account.Email, "EmailConfirm", await links.ConfirmAsync(account));

    public async Task ResetAsync(Account account) =>
        await SendAsync(account.Email, "EmailReset", await links.ResetAsync(account));

    /// <summary>The same work for an unknown address, without an email.</summary>
    public async Task SpendResetTimeAsync(Account nobody) =>
        await SendDecoyAsync(nobody.Email, "EmailReset", await links.ResetAsync(nobody));

    /// <summary>Somebody wants to use an address that already has an account.</summary>
    public Task TakenAsync(string email) => SendAsync(email, "EmailTaken", settings.Issuer + SignInPaths.Forgot);

    /// <summary>The same work for a disabled account, without an email.</summary>
    public Task SpendTakenTimeAsync(string email) =>
        SendDecoyAsync(email, "EmailTaken", settings.Issuer + SignInPaths.Forgot);

    /// <summary>
    /// Names the account that wants to use the address, so that nobody confirms a stranger's account.
    /// </summary>
    public async Task ConfirmNewEmailAsync(Account account, string email) =>
        await SendAsync(email, "EmailNewEmail", await links.ConfirmNewEmailAsync(account, email), account.Email);

    /// <summary>
    /// Asks whether the person has added this factor. No word of whoever did stands in it, not even the passkey's name.
    /// </summary>
    public async Task FactorAsync(Account account, string factor) =>
        await SendAsync(
            account.Email,
            factor == WaitingFactors.App ? "EmailFactorApp" : "EmailFactorPasskey",
            await links.FactorAsync(account, factor),
            reader.Time(reader.Now),
            caller.Current.Network
        );

    /// <summary>
    /// Tells that the account's security has changed: what, when, from where, and what to do if it was somebody else.
    /// </summary>
    /// <param name="email">The recipient.</param>
    /// <param name="what">The resource key of the change.</param>
    public async Task ChangedAsync(string email, string what, params object[] values)
    {
        // An account that the provisioning file or a command created may have an address that no email can be sent to.
        if (!Letter.CanReach(email))
        {
            return;
        }

        var letter = new Letter(
            email,
            words["EmailChangedSubject"],
            Text(
                words[what, values],
                words["EmailChangedWhen", reader.Time(reader.Now), caller.Current.Network],
                words["EmailChangedNext"],
                settings.Issuer + SignInPaths.Forgot
            )
        );
        try
        {
            await queue.SendAsync(letter, CancellationToken.None);
        }
        catch (StoreUnavailableException problem)
        {
            // The change has been made, so the answer must not say that nothing was changed.
            log.NotStored(problem);
        }
    }

    // Not the request's token: a client that disconnects does not stop the email.
    private Task SendAsync(string email, string kind, string link, params object[] values) =>
        Letter.CanReach(email)
            ? queue.SendAsync(Write(email, kind, link, values), CancellationToken.None)
            : Task.CompletedTask;

    private Task SendDecoyAsync(string email, string kind, string link) =>
        queue.SendDecoyAsync(Write(email, kind, link), CancellationToken.None);

    private Letter Write(string email, string kind, string link, params object[] values) =>
        new(email, words[$"{kind}Subject"], Text(words[kind, values], link, words[$"{kind}Else"]));

    private string Text(params string[] parts) => string.Join("\n\n", [.. parts, settings.Portal.Brand.Name]) + "\n";
}
