using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Administration.Accounts;

/// <summary>Finds accounts by a part of their email, and invites people.</summary>
public sealed class AccountsPage(
    IAccountStore accounts,
    AccountAdministration administration,
    InviteLetter letter,
    EmailLimits limits
) : AdministrationPage
{
    public const int Shown = 50;

    private const string Handler = "Invite";

    [BindProperty(SupportsGet = true)]
    public string? Email { get; set; }

    /// <summary>Who is invited.</summary>
    [BindProperty]
    public string? Invitee { get; set; }

    public ActForm Act => Form(new(Handler, "", ""));

    /// <summary>The form was sent and has errors.</summary>
    public bool Open { get; private set; }

    public bool SendsMail => letter.Sends;

    public IReadOnlyList<Account> Found { get; private set; } = [];

    /// <summary>The last account of the page before, by its id; an unknown one is the beginning.</summary>
    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>Where the next page begins; null on the last.</summary>
    public Guid? Next { get; private set; }

    public string Link(Guid? after) =>
        "/portal/admin/accounts"
        + QueryString.Create(
            new Dictionary<string, string?> { ["Email"] = Email, ["After"] = after?.ToString() }.Where(pair =>
                !string.IsNullOrEmpty(pair.Value)
            )
        );

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Letter.CanReach(Invitee))
        {
            Refuse(nameof(Invitee), Words["InviteWrong"]);
        }

        if (await JustifyAsync(Handler) is { } caller && ModelState.IsValid && SendsMail)
        {
            if (!EmailAddress.TryNormalize(Invitee, out var email) || !limits.TakeAddress(EmailKind.Invitation, email))
            {
                Refuse(nameof(Invitee), Words["InviteTooMany"]);
            }
            else if (await administration.InviteAsync(Invitee!, caller, Cancel) is { } account)
            {
                await letter.SendAsync(account);
                SetNotice(Words["Invited", account.Email]);
                return Redirect(AdministrationRoutes.Account(account.Id));
            }
            else
            {
                Refuse(nameof(Invitee), Words["InviteTaken"]);
            }
        }

        Open = true;
        await OnGetAsync();
        return Page();
    }

    public async Task OnGetAsync()
    {
        var part = Email?.Trim() ?? "";
        if (part.Length > EmailAddress.Longest || part.Any(char.IsControl))
        {
            Refuse(nameof(Email), Words["EmailPartWrong"]);
            return;
        }

        var after = Guid.TryParseExact(After, "D", out var id) ? await accounts.FindAsync(id, Cancel) : null;
        var found = await accounts.ListAsync(part, Shown + 1, Cancel, after?.NormalizedEmail);
        (Found, Next) = ([.. found.Take(Shown)], found.Count > Shown ? found[Shown - 1].Id : null);
    }
}
