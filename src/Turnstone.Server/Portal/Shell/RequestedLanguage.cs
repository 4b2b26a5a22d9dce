using Microsoft.AspNetCore.Localization;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The language that a client asks for its user (<c>ui_locales</c>, OpenID Connect Core §3.1.2.1): the first one that
/// there is.
/// </summary>
internal sealed class RequestedLanguage : RequestCultureProvider
{
    private const int Longest = 100;

    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
    {
        var asked = httpContext.Request.Query["ui_locales"] is [{ Length: > 0 and <= Longest } text]
            ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : [];
        var known = PortalServices.Languages.Select(language => language.Name);
        var found = asked
            .Select(tag => tag.Split('-')[0])
            .FirstOrDefault(tag => known.Contains(tag, StringComparer.OrdinalIgnoreCase));
        return Task.FromResult(found is null ? null : new ProviderCultureResult(found));
    }
}
