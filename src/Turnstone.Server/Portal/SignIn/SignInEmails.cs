using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The portal's emails, in the language of the request. Links use the issuer, never the request's host.
/// </summary>
public sealed class SignInEmails(
    MailQueue queue,
    LetterText texts,
    AccountLinks links,
    TurnstoneSettings settings,
    CurrentCaller caller,
    Reader reader,
    IStringLocalizer<SignInWords> words,
    ILogger<SignInEmails> log
)
{
    public async Task ConfirmAsync(Account account) =>
        await SendAsync(account.Email, LetterForm.Confirm, "EmailConfirm", await links.ConfirmAsync(account));

    public async Task ResetAsync(Account account) =>
        await SendAsync(account.Email, LetterForm.Reset, "EmailReset", await links.ResetAsync(account));

    /// <summary>The same work for an unknown address, without an email.</summary>
    public async Task SpendResetTimeAsync(Account nobody) =>
        await SendDecoyAsync(nobody.Email, LetterForm.Reset, "EmailReset", await links.ResetAsync(nobody));

    /// <summary>Somebody wants to use an address that already has an account.</summary>
    public Task TakenAsync(string email) =>
        SendAsync(email, LetterForm.Taken, "EmailTaken", settings.Issuer + SignInPaths.Forgot);

    /// <summary>The same work for a disabled account, without an email.</summary>
    public Task SpendTakenTimeAsync(string email) =>
        SendDecoyAsync(email, LetterForm.Taken, "EmailTaken", settings.Issuer + SignInPaths.Forgot);

    /// <summary>
    /// Names the account that wants to use the address, so that nobody confirms a stranger's account.
    /// </summary>
    public async Task ConfirmNewEmailAsync(Account account, string email) =>
        await SendAsync(
            email,
            LetterForm.NewEmail,
            "EmailNewEmail",
            await links.ConfirmNewEmailAsync(account, email),
            ("account", account.Email)
        );

    /// <summary>
    /// Asks whether the person has added this factor. No word of whoever did stands in it, not even the passkey's name.
    /// </summary>
    public async Task FactorAsync(Account account, string factor)
    {
        var (form, kind) =
            factor == WaitingFactors.App
                ? (LetterForm.FactorApp, "EmailFactorApp")
                : (LetterForm.FactorPasskey, "EmailFactorPasskey");
        await SendAsync(account.Email, form, kind, await links.FactorAsync(account, factor), Circumstances());
    }

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

        var letter = Compose(
            email,
            LetterForm.Changed,
            () =>
            {
                var (said, where, link) = (words[what, values], Circumstances(), settings.Issuer + SignInPaths.Forgot);
                return new(
                    words["EmailChangedSubject"],
                    [said, words["EmailChangedWhen", Texts(where)], words["EmailChangedNext"], link],
                    [(LetterForm.What, said), .. where, (LetterForm.Link, link)]
                );
            }
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
    private Task SendAsync(
        string email,
        LetterForm form,
        string kind,
        string link,
        params (string Place, string Text)[] facts
    ) =>
        Letter.CanReach(email)
            ? queue.SendAsync(Write(email, form, kind, link, facts), CancellationToken.None)
            : Task.CompletedTask;

    private Task SendDecoyAsync(string email, LetterForm form, string kind, string link) =>
        queue.SendDecoyAsync(Write(email, form, kind, link), CancellationToken.None);

    private Letter Write(
        string email,
        LetterForm form,
        string kind,
        string link,
        params (string Place, string Text)[] facts
    ) =>
        Compose(
            email,
            form,
            () =>
                new(
                    words[$"{kind}Subject"],
                    [words[kind, Texts(facts)], link, words[$"{kind}Else"]],
                    [.. facts, (LetterForm.Link, link)]
                )
        );

    private Letter Compose(string email, LetterForm form, Func<LetterDraft> write)
    {
        var (subject, text) = texts.Write(form, write);
        return new(email, subject, text);
    }

    private (string Place, string Text)[] Circumstances() =>
        [(LetterForm.When, reader.Time(reader.Now)), (LetterForm.Network, caller.Current.Network)];

    private static object[] Texts((string Place, string Text)[] facts) => [.. facts.Select(fact => fact.Text)];
}
