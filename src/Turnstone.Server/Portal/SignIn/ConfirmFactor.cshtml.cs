using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Server.Portal.Profile.Security;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The page of the link that asks about a new factor. To confirm it takes the mailbox and the owner, signed in or with
/// the password, as a new address does. To take it away takes the mailbox alone.
/// </summary>
[AllowAnonymous]
public sealed class ConfirmFactorPage(
    WaitingFactors waiting,
    FactorTrust trust,
    PasswordProof passwords,
    Reader reader,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Factor { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Null if the link is invalid or too old, or the factor does not wait.</summary>
    public WaitingFactor? Named { get; private set; }

    /// <summary>Whether this browser is signed in to the account of the link.</summary>
    public bool IsOwner =>
        PortalSession.AccountOf(HttpContext)?.Id.ToString("D", CultureInfo.InvariantCulture) == Account;

    public string? Since => Named is { } named ? reader.Time(named.Since) : null;

    /// <summary>From when on the mailbox is believed; null if it is.</summary>
    public string? From => Named is { } named && trust.BelievedFrom(named.Account) is { } at ? reader.Time(at) : null;

    public async Task OnGetAsync() => Named = await waiting.FindAsync(Account, Factor, Token, Cancel);

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        if (Named is not { } named || From is not null)
        {
            return Page();
        }

        if (!IsOwner)
        {
            var proof = await passwords.SignInAsync(named.Account.Email, Password ?? "", Cancel);
            if (proof.Refusal is { } refusal)
            {
                return Refused(nameof(Password), refusal, "WrongPassword");
            }

            // The check may have stored a new hash of the same password.
            await OnGetAsync();
        }

        if (Named is null || !await waiting.ConfirmAsync(Named, Cancel))
        {
            Named = null;
            return Page();
        }

        SetNotice(Words["FactorConfirmed"]);
        return Redirect(IsOwner ? SecurityPaths.Index : SignInPaths.SignIn);
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        await OnGetAsync();
        if (Named is null || !await waiting.RemoveAsync(Named))
        {
            Named = null;
            return Page();
        }

        SetNotice(Words["FactorTakenAway"]);
        return Redirect(SignInPaths.Forgot);
    }
}
