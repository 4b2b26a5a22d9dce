using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Directory;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Stores the chosen language, for pages and for letters, and redirects back.</summary>
[AllowAnonymous]
public sealed class LanguagePage(IAccountStore accounts) : PageModel
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public IActionResult OnGet() => Redirect(PortalRoutes.Root);

    public async Task<IActionResult> OnPostAsync(string? language, string? returnUrl)
    {
        if (PortalServices.Languages.FirstOrDefault(known => known.Name == language) is { } chosen)
        {
            var value = CookieRequestCultureProvider.MakeCookieValue(
                new RequestCulture(CultureInfo.InvariantCulture, chosen)
            );
            Response.Cookies.Append(
                PortalCookies.Language,
                value,
                new CookieOptions
                {
                    Path = "/",
                    MaxAge = Kept,
                    SameSite = SameSiteMode.Lax,
                    HttpOnly = true,
                    Secure = Request.IsHttps,
                }
            );
            if (PortalSession.AccountOf(HttpContext) is { } reader)
            {
                var wishes = reader.Letters with { Language = chosen.Name };
                await accounts.SetLettersAsync(reader.Id, wishes, null, HttpContext.RequestAborted);
            }
        }

        return LocalRedirect(LocalTarget.Of(Url, returnUrl));
    }
}
