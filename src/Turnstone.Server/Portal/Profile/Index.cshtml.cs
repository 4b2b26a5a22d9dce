using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile;

/// <summary>The reader's account, time zone, and what the reader is written about.</summary>
public sealed class ProfilePage(
    IAccountStore accounts,
    SignInEmails emails,
    TimeProvider time,
    IStringLocalizer<ProfileWords> words
) : PortalPage
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    [BindProperty]
    public string? Zone { get; set; }

    /// <summary>The kinds of letters that the reader wants; others are not sent.</summary>
    [BindProperty]
    public IReadOnlyList<LetterKind> Wanted { get; set; } = [];

    public int Passkeys { get; private set; }

    /// <summary>What the reader can be written about, as far as it may be turned off.</summary>
    public IEnumerable<LetterKind> Kinds =>
        Enum.GetValues<LetterKind>()
            .Where(kind => LetterWishes.MayBeOff(kind) && (kind is not LetterKind.ApprovalAsked || Me.Administrator));

    /// <summary>Time zones by region and city; UTC first.</summary>
    public IEnumerable<string> Zones =>
        TimeZoneInfo
            .GetSystemTimeZones()
            .Select(zone => zone.Id)
            .Where(id =>
                id.Contains('/', StringComparison.Ordinal)
                && !id.StartsWith("Etc/", StringComparison.Ordinal)
                && !id.StartsWith("posix", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .Prepend("UTC")
            .Distinct();

    public async Task OnGetAsync() => Passkeys = (await accounts.PasskeysAsync(Me.Id, Cancel)).Count;

    public async Task<IActionResult> OnPostZoneAsync()
    {
        if (Reader.Find(Zone) is not { } chosen)
        {
            Refuse(nameof(Zone), words["ZoneUnknown"]);
            await OnGetAsync();
            return Page();
        }

        // Not a secret: the page's script reads it.
        Response.Cookies.Append(
            PortalCookies.Zone,
            chosen.Id,
            new CookieOptions
            {
                Path = PortalRoutes.Root,
                MaxAge = Kept,
                SameSite = SameSiteMode.Lax,
                Secure = Request.IsHttps,
            }
        );
        SetNotice(words["ZoneSaved", chosen.Id]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEmailsAsync()
    {
        var wishes = Me.Letters with { Off = [.. Kinds.Except(Wanted)] };
        await accounts.SetLettersAsync(
            Me.Id,
            wishes,
            new AuditEntry
            {
                Event = AuditEvent.AccountChanged,
                At = time.GetUtcNow(),
                Caller = Caller,
                AccountId = Me.Id,
                Detail =
                    wishes.Off.Count == 0
                        ? "all emails turned on"
                        : $"emails turned off: {string.Join(", ", wishes.Off)}",
            },
            Cancel
        );
        if (wishes.Off.Except(Me.Letters.Off).Any(LetterWishes.GuardsAccount))
        {
            await emails.ChangedAsync(Me.Email, "LettersWereTurnedOff");
        }

        SetNotice(words["EmailsSaved"]);
        return RedirectToPage();
    }
}
