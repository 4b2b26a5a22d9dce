using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Stores the chosen language and redirects back.</summary>
[AllowAnonymous]
public sealed class LanguagePage : PageModel
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public IActionResult OnGet() => Redirect(PortalRoutes.Root);

    public IActionResult OnPost(string? language, string? returnUrl)
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
        }

        return LocalRedirect(LocalTarget.Of(Url, returnUrl));
    }
}
