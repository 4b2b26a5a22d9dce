using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Profile;

/// <summary>The reader's account and time zone.</summary>
public sealed class ProfilePage(IAccountStore accounts, IStringLocalizer<ProfileWords> words) : PortalPage
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    [BindProperty]
    public string? Zone { get; set; }

    public int Passkeys { get; private set; }

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
}
